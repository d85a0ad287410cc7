import { parseUrl } from '../../wire/url.ts';
import type { AuthorizationError } from './authorization.ts';
import type { Callback } from './authorization-request.ts';
import { formPostPage, webMessagePage } from './pages/response-pages.ts';

/** The parameters of an answer, without those that are undefined. */
type Answer = Readonly<Record<string, string | undefined>>;

/** The request that is answered. */
type Answered = Pick<Request, 'method'>;

/**
 * Sends an answer to the application, in the response mode of its request. `state` comes back if it was sent.
 * @see OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1; OAuth 2.0 Form Post Response Mode
 */
export function callbackResponse(callback: Callback, answer: Answer, { method }: Answered): Response {
  const { redirectUri, responseMode, state, iss } = callback;
  const parameters = Object.entries({ ...answer, state, iss }).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  if (responseMode === 'form_post') return formPostPage(redirectUri, parameters);
  if (responseMode === 'web_message') {
    const { origin } = new URL(redirectUri);
    return webMessagePage({ targetOrigin: origin, response: Object.fromEntries(parameters) });
  }
  const location =
    responseMode === 'fragment' ? withFragment(redirectUri, parameters) : withQuery(redirectUri, parameters);
  return redirect(location, method === 'POST' ? 303 : 302);
}

export function callbackError(
  callback: Callback,
  { error, description }: AuthorizationError,
  answered: Answered,
): Response {
  return callbackResponse(callback, { error, error_description: description }, answered);
}

/** 303 after a form, which may have had a password. Nobody must save it: it may have a code. @see RFC 9700, section 4.12 */
export function redirect(location: string, status: 302 | 303 = 302): Response {
  const headers = { location: headerText(location), 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };
  return new Response(null, { status, headers });
}

/** A header can have neither other alphabets nor line breaks, which a query that is not ours may have: as a browser writes them. */
function headerText(location: string): string {
  return /^[\x21-\x7e]*$/.test(location) ? location : (parseUrl(location)?.href ?? encodeURI(location));
}

/** A query that the callback has already stays. @see RFC 6749, section 3.1.2 */
function withQuery(uri: string, parameters: [string, string][]): string {
  return `${uri}${uri.includes('?') ? '&' : '?'}${encoded(parameters)}`;
}

function withFragment(uri: string, parameters: [string, string][]): string {
  return `${uri}#${encoded(parameters)}`;
}

/** A space as `%20`: not everything that reads a fragment reads a `+` as one. */
function encoded(parameters: [string, string][]): string {
  return new URLSearchParams(parameters).toString().replaceAll('+', '%20');
}

export function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append('set-cookie', cookie);
  return response;
}
