import { hiddenField } from './form-fields.ts';
import { address, html, inline, jsonBlock } from './html.ts';
import { page } from './page.ts';

/** A field of the form may be called submit. */
const submission = inline('script', 'HTMLFormElement.prototype.submit.call(document.forms[0])');

/**
 * Sends the parameters to the application in a form that submits itself. A null byte becomes U+FFFD, and line breaks become
 * CR LF: forms cannot express others.
 * @throws TypeError for a redirect URI that is not a URL, or would run as script.
 * @see OAuth 2.0 Form Post Response Mode
 */
export function formPostPage(redirectUri: string, parameters: readonly (readonly [string, string])[]): Response {
  return page({
    title: 'Continue to the application',
    body: html`<form method="post" action="${address(redirectUri)}">
${parameters.map(([name, value]) => hiddenField(name, value))}
<noscript><main>
<h1>Continue to the application</h1>
<p>Your browser does not run scripts, so one more click is needed.</p>
<button type="submit" class="main">Continue</button>
</main></noscript>
</form>`,
    script: submission,
  });
}

interface WebMessagePage {
  /** The origin of the redirect URI: only its pages get the response, and only they may frame this page. */
  readonly targetOrigin: string;
  /** The parameters of the authorization response. */
  readonly response: Readonly<Record<string, string>>;
}

/** As the service's page, it leaves closing a popup to the page that opened it. */
const message = inline(
  'script',
  `const { targetOrigin, response } = JSON.parse(document.getElementById('message').textContent);
(window.opener || window.parent).postMessage({ type: 'authorization_response', response }, targetOrigin);`,
);

/** Host names may contain semicolons, which would end a directive of CSP. */
const plainOrigin = /^https?:\/\/[\w.:[\]-]+$/;

/**
 * Sends the response to the page that opened or frames this one.
 * @throws TypeError for a target that is not an origin: a redirect URI with another scheme than http(s) has none.
 * @see draft-sakimura-oauth-wmrm-00
 */
export function webMessagePage({ targetOrigin, response }: WebMessagePage): Response {
  const { origin, hostname, protocol } = new URL(targetOrigin);
  if (origin !== targetOrigin || !plainOrigin.test(origin)) throw new TypeError('a message needs an exact origin');
  return page({
    title: 'Continue in the application',
    body: html`<main>
<h1>Continue in the application</h1>
<p>It has received the response. You can close this window.</p>
</main>
${jsonBlock('message', { targetOrigin, response })}`,
    script: message,
    // CSP cannot express an IPv6 address; the message still reaches only the origin.
    framedBy: hostname.startsWith('[') ? protocol : origin,
  });
}
