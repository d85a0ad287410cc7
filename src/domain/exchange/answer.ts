import { AnonError, isAnonError, ResponseError } from '../../errors.ts';
import { parseUrl } from '../../wire/url.ts';
import { isEmbedded, isOnThisMachine, type TenantConnection } from './connection.ts';
import { type Answer, type Exchange, type HttpAnswer, hostOf } from './http.ts';
import { redactSecrets } from './redact.ts';
import { isTransientFailure } from './retry.ts';
import { withUnknownOutcome } from './unknown-outcome.ts';

/** Half a surrogate pair: JSON can spell one out, but it can't stand in an address or a header. */
const loneSurrogate = /\p{Surrogate}/gu;
const escapedSurrogate = /\\u[dD][89a-fA-F]/;

/**
 * Parses the JSON of an answer. Lone surrogates become U+FFFD, as a UTF-8 decoder would replace them: the values go
 * into addresses, headers and files.
 * @throws {SyntaxError}
 */
export function parseAnswer(text: string): unknown {
  if (!escapedSurrogate.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, value) =>
    typeof value === 'string' ? value.replaceAll(loneSurrogate, '\ufffd') : value,
  );
}

export async function readAnswer(response: HttpAnswer, exchange: Exchange, tenant: TenantConnection): Promise<Answer> {
  const { status, headers } = response;
  if (status >= 300 && status < 400) throw redirected(status, headers.get('location'), exchange, tenant);
  const text = await response.text().catch((cause: unknown) => {
    if (!isAnonError(cause) || cause.code !== 'response_invalid') throw cause;
    throw withUnknownOutcome(notAnAnswer(status, 'an unreadable body', exchange, { tenant, cause }), exchange, tenant);
  });
  exchange.measure?.(text.length);
  if (text === '') return { status, body: undefined };
  try {
    return { status, body: parseAnswer(text) };
  } catch (cause) {
    if (exchange.mayBeMissing && isMissing(status)) return { status, body: undefined };
    const page = headers.get('content-type')?.startsWith('text/html') || text.trimStart().startsWith('<');
    const what = page ? 'an HTML page, not JSON' : 'a body that is not JSON';
    throw withUnknownOutcome(notAnAnswer(status, what, exchange, { tenant, cause }), exchange, tenant);
  }
}

/** Statuses of a server that has no such path, or does not accept the method there. */
export function isMissing(status: number): boolean {
  return status === 404 || status === 405 || status === 501;
}

/** What to do after a transient failure. The local tenant fails where a test wants it to, and Auth0 reports only on its own tenants. */
export function failureHint(tenant: Pick<TenantConnection, 'sessionKeys' | 'baseUrl'>): string {
  const list = 'anon-cli local fault list';
  if (isEmbedded(tenant)) return `To see the faults of the local tenant: ${list}`;
  return isOnThisMachine(tenant)
    ? `If that is the local tenant, see its faults: ${list}`
    : 'The service or a proxy in between failed, not your request. Try again later; see https://status.auth0.com';
}

function notAnAnswer(
  status: number,
  what: string,
  { method, path }: Exchange,
  { tenant, cause }: { readonly tenant: TenantConnection; readonly cause: unknown },
): ResponseError {
  const failed = isTransientFailure(status);
  const why = isAnonError(cause) ? ` ${cause.message}` : '';
  const advice = isAnonError(cause) ? cause.hint : 'Is this the domain of an Auth0 tenant? Run: anon-cli profile list';
  return new ResponseError(
    failed ? 'server_error' : 'response_invalid',
    { status, error: 'invalid_response', description: '' },
    {
      message: `The tenant answered ${method} ${withoutQuery(path)} with ${status} and ${what}.${why}`,
      hint: failed ? failureHint(tenant) : advice,
      cause,
    },
  );
}

/** A redirect, which is never followed: a token must not reach a host it was not sent to. */
export class RedirectError extends ResponseError {
  /** The host that the redirect leads to; undefined when it is the same or not given. */
  readonly host: string | undefined;

  constructor(status: number, host: string | undefined, words: { message: string; hint: string }) {
    super('failed', { status, error: 'invalid_response', description: '' }, words);
    this.host = host;
  }
}

function redirected(
  status: number,
  location: string | null,
  { method, path }: Exchange,
  { baseUrl, profile }: TenantConnection,
): RedirectError {
  const target = targetOf(location, `${baseUrl}${path}`);
  const host = target && target.host !== hostOf(baseUrl) ? target.host : undefined;
  const where = target ? ` to ${target.shown}` : '';
  return new RedirectError(status, host, {
    message: `The tenant answered ${method} ${withoutQuery(path)} with ${status} and a redirect${where}, which is not followed.`,
    hint: host
      ? `If ${host} is the tenant, use that domain: anon-cli login ${profile} --domain ${host}`
      : 'Is this the domain of an Auth0 tenant? Run: anon-cli profile list',
  });
}

/** Host and path only: a query may contain anything. */
function targetOf(location: string | null, from: string): { host: string; shown: string } | undefined {
  const target = location ? parseUrl(location, from) : undefined;
  if (!target) return undefined;
  const { protocol, host, pathname } = target;
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return { host, shown: redactSecrets(`${protocol}//${host}${pathname}`).slice(0, 200) };
}

/**
 * The error for an answer that no tenant gives at an endpoint that each has: an HTML page, a redirect, or a failure in front of
 * the tenant. It gets the same code as in every other command. Any other error stays unchanged.
 */
export function notOfATenant(host: string, error: AnonError): AnonError {
  const { message, hint } = error;
  const status = error instanceof ResponseError && error.error === 'invalid_response' ? error.status : undefined;
  if (status === undefined) return error;
  const cause = message.replace(/^The tenant/, 'it');
  if (isTransientFailure(status)) {
    return new AnonError('server_error', `The tenant ${host} is unavailable: ${cause}`, { hint, cause: error });
  }
  const redirects = error instanceof RedirectError && error.host !== undefined;
  return new AnonError('tenant_unreachable', `${host} does not respond like an Auth0 tenant: ${cause}`, {
    hint: redirects ? hint : 'Check the domain (example: acme.eu.auth0.com): anon-cli profile list',
    cause: error,
  });
}

/** The error for an answer that does not have the expected shape. */
export function unexpectedAnswer({ method, path }: Pick<Exchange, 'method' | 'path'>, problem: string): AnonError {
  return new AnonError(
    'response_invalid',
    `The tenant's answer to ${method} ${withoutQuery(path)} is not valid: ${problem}.`,
  );
}

function withoutQuery(path: string): string {
  return redactSecrets(path.split('?')[0] ?? path);
}
