import { hiddenField } from './form-fields.ts';
import { address, html, inline } from './html.ts';
import { page } from './page.ts';

/** A field of the form may be called submit. */
const script = inline('script', 'HTMLFormElement.prototype.submit.call(document.forms[0])');

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
    script,
  });
}
