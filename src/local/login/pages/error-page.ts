import { oauthRefusal } from '../../http/refusal.ts';
import { type Moment, note } from '../../scope.ts';
import type { PageRefusal } from '../trusted-callback.ts';
import { type Html, html, nothing } from './html.ts';
import { cardPage } from './page.ts';

export interface ErrorPage {
  readonly status: number;
  /** An error code of RFC 6749 or OpenID Connect. */
  readonly error: string;
  readonly description: string;
  /** What to do about it. */
  readonly hint?: string;
  /**
   * The command that does it, word by word. It may contain parts of the request: it is quoted here, and left out where it has
   * control characters.
   */
  readonly command?: readonly string[];
  readonly tenantName?: string;
  /** Whether the client accepts JSON and no HTML. */
  readonly wantsJson?: boolean;
}

/** The response to a request without a callback that could be trusted with the error. @see RFC 6749, section 4.1.2.1 */
export function errorPage({ status, error, description, wantsJson = false, ...help }: ErrorPage): Response {
  const response = wantsJson
    ? oauthRefusal(status, error, description).response()
    : cardPage({
        status,
        title: `Error: ${error}`,
        heading: status < 500 ? 'This request was refused' : 'This request failed',
        tenantName: help.tenantName,
        content: html`<p>${description}</p>
${helpText(help)}
<p class="hint">Error <code>${error}</code>, status ${status}</p>`,
      });
  response.headers.append('vary', 'Accept');
  return response;
}

/** A page for a request that cannot be answered at a callback, or JSON for a program that asks for it. */
export function refusedPage(
  request: Request | undefined,
  moment: Moment,
  { facts, ...refusal }: PageRefusal,
): Response {
  note(moment, { ...facts, error: refusal.error });
  const accept = request?.headers.get('accept') ?? '';
  return errorPage({ ...refusal, wantsJson: /\bapplication\/json\b/.test(accept) && !accept.includes('text/html') });
}

function helpText({ hint, command }: Pick<ErrorPage, 'hint' | 'command'>): Html {
  const isSafe = command !== undefined && !command.some((word) => unprintable.test(word));
  return html`${hint === undefined ? nothing : html`<p>${hint}</p>`}
${isSafe ? html`<pre><code>${command.map(shellWord).join(' ')}</code></pre>` : nothing}`;
}

/** A terminal acts on control characters that are pasted, even between quotes, and others change what people read. */
const unprintable = /[\p{Cc}\p{Cf}]/u;

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
