import { AnonError, ResponseError } from '../../../errors.ts';
import { anonymousTokenPath } from '../../../wire/anonymous-token.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import { type AllowedOrigin, allowanceOf } from '../../app/allowed-origins.ts';
import type { App } from '../../app/app.ts';
import { failureHint } from '../../exchange/answer.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import type { HttpAnswer } from '../../exchange/http.ts';
import { redactTokens } from '../../exchange/redact.ts';
import { isTransientFailure } from '../../exchange/retry.ts';
import { sendUntilAnswered } from '../../exchange/send.ts';
import { shellWord } from '../../shell-word.ts';
import { type Attempt, attempt, type Check, findingFrom } from './check.ts';

const check = 'origin';

/** The headers of a call for a guest that need permission: its body is JSON, and the service's SDKs name themselves. */
const guestHeaders = ['auth0-client', 'content-type'];

/**
 * Whether pages on an origin may call the guest endpoints as the application: according to its settings, and to the answer
 * that a browser asks for. That answer is for no particular application, so it can't open the gate alone.
 * @see wire contract, section 4
 */
export async function checkOrigin(
  tenant: TenantConnection,
  { origin, app }: { readonly origin: string; readonly app: App | undefined },
): Promise<Check> {
  const call = { origin, path: anonymousTokenPath, method: 'POST', headers: guestHeaders } as const;
  const preflight = await attempt(() => refusalByPreflight(tenant, call));
  if (!app) return withoutSettings(tenant, origin, preflight);
  const allowance = allowanceOf(app, origin);
  if (allowance === undefined) return notAllowed(tenant, origin, app, preflight);
  if (allowance === 'unknown') return unresolved(origin, app, preflight);
  const settings = `${shellWord(app.name)} allows pages on ${origin} (${sourceOf(allowance, origin)})`;
  if (!preflight.ok)
    return { ...unanswered(preflight.error), finding: `${settings}, but ${reasonOf(preflight.error)}` };
  if (preflight.value === undefined) {
    return { check, state: 'open', finding: `${settings}, and a browser gets the answers that it needs` };
  }
  return { check, state: 'closed', finding: `${settings}, but ${preflight.value}`, advice: brokenAdvice(tenant) };
}

/** `web_origins`, or the wildcard in it that covers the origin. */
function sourceOf({ origin: allowed, from }: AllowedOrigin, origin: string): string {
  return allowed === origin ? from.join(', ') : `${from.join(', ')}: ${allowed}`;
}

function notAllowed(tenant: TenantConnection, origin: string, app: App, preflight: Attempt<string | undefined>): Check {
  const fix = originAddCommand(tenant, app, origin);
  const settings = `${shellWord(app.name)} does not allow pages on ${origin}`;
  if (!preflight.ok) return { check, state: 'closed', finding: `${settings}; ${reasonOf(preflight.error)}`, fix };
  if (preflight.value !== undefined) return { check, state: 'closed', finding: `${settings}; ${preflight.value}`, fix };
  const passed = 'a preflight, which names no application, is answered';
  if (documentsCors(tenant)) return { check, state: 'closed', finding: `${settings}; ${passed}`, fix };
  const finding = `${settings}, but ${passed}, and edition preview does not document whose origins count`;
  return { check, state: 'unknown', finding, fix, error: new AnonError('failed', `${finding}.`) };
}

/** Without the application's settings, only a refused preflight is certain. */
function withoutSettings(
  { selection }: TenantConnection,
  origin: string,
  preflight: Attempt<string | undefined>,
): Check {
  if (!preflight.ok) return unanswered(preflight.error);
  if (preflight.value === undefined) {
    const finding = `the settings of the application are unknown; a preflight for ${origin} is answered`;
    return { check, state: 'unknown', finding };
  }
  const advice = `Allow the origin: anon-cli app origins add <app> ${shellWord(origin)}${selection}`;
  return { check, state: 'closed', finding: `pages on ${origin} get no guests: ${preflight.value}`, advice };
}

/** Only the service knows what a placeholder in the settings stands for. */
function unresolved(origin: string, { name }: App, preflight: Attempt<string | undefined>): Check {
  if (!preflight.ok) return unanswered(preflight.error);
  const settings = `${shellWord(name)} may allow pages on ${origin} by a placeholder for custom domains`;
  if (preflight.value !== undefined) {
    return {
      check,
      state: 'closed',
      finding: `${settings}, but ${preflight.value}`,
      advice: 'Check it at that domain.',
    };
  }
  return { check, state: 'unknown', finding: settings, error: new AnonError('failed', `${settings}.`) };
}

function unanswered(error: AnonError): Check {
  return { check, state: 'unknown', finding: reasonOf(error), advice: error.hint, error };
}

function reasonOf({ message }: AnonError): string {
  const finding = findingFrom(message);
  return `${finding.charAt(0).toLowerCase()}${finding.slice(1)}`;
}

function brokenAdvice(tenant: TenantConnection): string {
  return documentsCors(tenant)
    ? 'A tenant may need some seconds to apply a change. If it stays, something in front of the tenant may answer in its place.'
    : 'Edition preview documents no calls from pages of other origins. Call the guest endpoints from your server.';
}

/** The documentation of the first edition does not mention CORS. @see wire contract, section 4 */
function documentsCors({ edition }: TenantConnection): boolean {
  return edition === undefined || editionNamed(edition).hasCookie;
}

function originAddCommand({ selection }: TenantConnection, { name }: App, origin: string): string {
  return `anon-cli app origins add ${shellWord(name)} ${shellWord(origin)}${selection}`;
}

/** A request with cookies that a page sends to another origin. */
interface CrossOriginRequest {
  /** Where the page is. */
  readonly origin: string;
  readonly path: string;
  /** GET, HEAD and POST need no permission. */
  readonly method: 'POST';
  /** The headers that need permission, in lower case and sorted. */
  readonly headers: readonly string[];
}

/**
 * Asks the tenant for permission to send a request, as a browser does before it sends one with cookies to another origin.
 * Returns why a browser would refuse to send it, as the end of a sentence; undefined if it would send it.
 * @throws {UnreachableError} when no answer came
 * @throws {ResponseError} when the answer shows nothing about permission: a rate limit, or a failure of the service
 * @see https://fetch.spec.whatwg.org/#cors-preflight-fetch
 */
export async function refusalByPreflight(
  tenant: TenantConnection,
  { origin, path, method, headers }: CrossOriginRequest,
): Promise<string | undefined> {
  const answer = await sendUntilAnswered(tenant, {
    ...{ method: 'OPTIONS', path },
    headers: {
      accept: '*/*',
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': headers.join(),
    },
  });
  const { status } = answer;
  if (isTransientFailure(status)) {
    const message = `The tenant answers a preflight with status ${status}.`;
    const refused = { status, error: `http_${status}`, description: message };
    throw new ResponseError('server_error', refused, { message, hint: failureHint(tenant) });
  }
  return refusalBy(answer, origin, headers);
}

function refusalBy(
  { status, headers: given }: HttpAnswer,
  origin: string,
  headers: readonly string[],
): string | undefined {
  if (status >= 300 && status < 400) return `the answer to a preflight is a redirect (status ${status})`;
  const allowed = given.get('access-control-allow-origin')?.trim();
  if (allowed === undefined) {
    return `the answer to a preflight lacks access-control-allow-origin${status < 300 ? '' : ` (status ${status})`}`;
  }
  // With cookies, a browser takes * for a literal value, here and in the list of headers.
  if (allowed !== origin) return `the answer to a preflight has access-control-allow-origin: ${shown(allowed)}`;
  const credentials = given.get('access-control-allow-credentials')?.trim();
  if (credentials === undefined) return 'the answer to a preflight lacks access-control-allow-credentials: true';
  if (credentials !== 'true') {
    return `the answer to a preflight has access-control-allow-credentials: ${shown(credentials)}, not true`;
  }
  if (status < 200 || status > 299) return `the answer to a preflight has status ${status}`;
  const permitted = (given.get('access-control-allow-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  const missing = headers.filter((name) => !permitted.includes(name));
  if (missing.length === 0) return undefined;
  return `access-control-allow-headers in the answer to a preflight lacks ${missing.join(', ')}`;
}

/** The beginning of a header's value. */
function shown(value: string): string {
  return value === '' ? "''" : redactTokens(value).slice(0, 80);
}
