import { isJsonObject } from '../../wire/schema.ts';
import { redactSecrets } from './redact.ts';

/** What a refusal says of itself. */
export interface ErrorBody {
  /** The service's own code; `http_<status>` where it has none. Fit for an error, as `description` is. */
  readonly error: string;
  /** In its own words, shortened; empty where it has none. */
  readonly description: string;
  /** Both as they were sent, to be compared and never shown: a short secret may be part of any word. */
  readonly sent: { readonly error: string; readonly description: string };
}

/** No description that helps is longer. */
const mostCharacters = 300;

/**
 * The words of a refusal, whichever shape it has: OAuth's, the Management API's, or that of something on the way. They
 * may repeat what was sent, so each of `secrets` is masked, before anything is cut short.
 * @see RFC 6749, section 5.2; management-api, section 2.1
 */
export function readErrorBody(
  { status, body }: { readonly status: number; readonly body: unknown },
  secrets: readonly (string | undefined)[] = [],
): ErrorBody {
  const unnamed = `http_${status}`;
  const outer = isJsonObject(body) ? body : {};
  const inner = isJsonObject(outer.error) ? outer.error : {};
  const error = firstText(outer.errorCode, outer.error, inner.code) ?? unnamed;
  const description =
    firstText(outer.error_description, outer.message, inner.message, outer.detail, outer.description) ?? '';
  return {
    error: redactSecrets(error, secrets).slice(0, 80),
    description: shortened(redactSecrets(description, secrets)),
    sent: { error, description },
  };
}

/** The same behind a message of ours, which may only guess: ` The tenant reported: "…"`. */
export function quotedReason(description: string): string {
  return description === '' ? '' : ` The tenant reported: "${description}"`;
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value.trim() !== '');
}

function shortened(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)}…`;
}
