import { AnonError, isAnonError, isUnreachable, ResponseError, type UnreachableError } from '../../errors.ts';
import { exactJson } from '../../wire/exact-json.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import type { HttpAnswer, Pause, TenantConnection } from '../ports.ts';
import { inDoubt } from './doubt.ts';
import { parseAnswer } from './parse-answer.ts';
import { isTrouble, pauseAfter } from './pause.ts';
import { repeatedForms, withoutSecrets } from './secrecy.ts';
import { saying, serviceWords } from './service-words.ts';
import { dateOf } from './tenant-time.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the tenant's root, with its query. */
  readonly path: string;
  /** The whole `Authorization` header. */
  readonly authorization?: string | undefined;
  /** Sent as JSON. A function makes one for each time that it is sent: what is in it may be good for one time only. */
  readonly body?: object | (() => Promise<object>) | undefined;
  /** Not every tenant has this: a 404, 405 or 501 is an answer, whatever its body. */
  readonly mayBeMissing?: boolean | undefined;
  /** Takes the length of the answer's body, in characters. */
  readonly measure?: ((length: number) => void) | undefined;
}

export interface Answer {
  readonly status: number;
  /** The parsed JSON body, or undefined where there is none. */
  readonly body: unknown;
}

/**
 * Sends one request and reads its JSON answer, whatever the status. After a 429 it waits as the tenant says and
 * sends again; what changes nothing also after a 5xx, a 408 or a broken connection, three times at most. Its waits take
 * no longer together than the connection's patience. Nothing else is ever sent twice.
 * @throws {ResponseError} `rate_limited` when the limit outlasts that patience; `response_invalid`, or
 *   `server_error` with a 5xx, when the answer is not JSON; `failed` for a redirect
 * @throws {UnreachableError} when no answer came
 */
export async function send(tenant: TenantConnection, exchange: Exchange): Promise<Answer> {
  const { patience } = tenant;
  const attempts = { refusals: 0, retries: 0 };
  for (let leftMs = patience.maxWaitMs; ; ) {
    const result = await attempt(tenant, exchange);
    const times = { nowMs: nowOf(result, tenant), random: patience.random };
    const pause = pauseAfter(result, isHarmless(exchange), attempts, times);
    if (!pause || pause.ms > leftMs) {
      if (isUnreachable(result)) throw inDoubt(result, exchange, tenant);
      if (pause && result.status === 429)
        throw await rateLimited(result, exchange, { pause, waitedMs: patience.maxWaitMs - leftMs });
      return readAnswer(result, exchange, tenant);
    }
    attempts[!isUnreachable(result) && result.status === 429 ? 'refusals' : 'retries'] += 1;
    leftMs -= pause.ms;
    await patience.wait(pause);
  }
}

/** It changes nothing at the tenant, however often it is sent. */
function isHarmless({ method, path }: Exchange): boolean {
  return method === 'GET' || path === oauthTokenPath;
}

async function attempt(tenant: TenantConnection, exchange: Exchange): Promise<HttpAnswer | UnreachableError> {
  const { method, path, authorization } = exchange;
  const body = typeof exchange.body === 'function' ? await exchange.body() : exchange.body;
  const sentAtMs = tenant.clock.now();
  try {
    const answer = await tenant.fetch(`${tenant.baseUrl}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
        ...(authorization && { authorization }),
      },
      body: body && exactJson(body),
    });
    tenant.time.learn(answer.headers, sentAtMs);
    return answer;
  } catch (error) {
    if (isUnreachable(error)) return error;
    throw error;
  }
}

/** What an answer dates is seen from its own time, where it says that. */
function nowOf(result: HttpAnswer | UnreachableError, { clock, time }: TenantConnection): number {
  const date = isUnreachable(result) ? undefined : dateOf(result.headers, clock.now());
  return date ?? time.now();
}

async function readAnswer(response: HttpAnswer, exchange: Exchange, tenant: TenantConnection): Promise<Answer> {
  const { status, headers } = response;
  if (status >= 300 && status < 400) throw redirected(status, headers.get('location'), exchange, tenant);
  const text = await response.text().catch((cause: unknown) => {
    if (!isAnonError(cause) || cause.code !== 'response_invalid') throw cause;
    throw inDoubt(notAnAnswer(status, 'a body that cannot be read', exchange, cause), exchange, tenant);
  });
  exchange.measure?.(text.length);
  if (text === '') return { status, body: undefined };
  try {
    return { status, body: parseAnswer(text) };
  } catch (cause) {
    if (exchange.mayBeMissing && isMissing(status)) return { status, body: undefined };
    const page = headers.get('content-type')?.startsWith('text/html') || text.trimStart().startsWith('<');
    const what = page ? 'an HTML page, not JSON' : 'a body that is not JSON';
    throw inDoubt(notAnAnswer(status, what, exchange, cause), exchange, tenant);
  }
}

/** A server answers so where it has nothing of that path, or nothing that takes the method. */
export function isMissing(status: number): boolean {
  return status === 404 || status === 405 || status === 501;
}

function notAnAnswer(status: number, what: string, { method, path }: Exchange, cause: unknown): ResponseError {
  const failed = isTrouble(status);
  const why = isAnonError(cause) ? ` ${cause.message}` : '';
  const advice = isAnonError(cause) ? cause.hint : 'Is the domain that of an Auth0 tenant? See anon-cli profile list.';
  return new ResponseError(
    failed ? 'server_error' : 'response_invalid',
    { status, error: 'invalid_response', description: '' },
    {
      message: `The tenant answered ${method} ${withoutQuery(path)} with ${status} and ${what}.${why}`,
      hint: failed ? 'The service, or something on the way to it, is in trouble: try again later.' : advice,
      cause,
    },
  );
}

/** Where a tenant sends us is not followed: a token must not travel to where it was not sent. */
export class RedirectError extends ResponseError {
  /** The other host; undefined where it is the same, or not named. */
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
  const host = target && target.host !== new URL(baseUrl).host ? target.host : undefined;
  const where = target ? ` to ${target.shown}` : '';
  return new RedirectError(status, host, {
    message: `The tenant answered ${method} ${withoutQuery(path)} with ${status} and a redirect${where}, which is not followed.`,
    hint: host
      ? `If ${host} is the tenant, use that domain: anon-cli login ${profile} --domain ${host}`
      : 'Is the domain that of an Auth0 tenant? See anon-cli profile list.',
  });
}

/** Host and path: a query may hold anything. */
function targetOf(location: string | null, from: string): { host: string; shown: string } | undefined {
  if (!location || !URL.canParse(location, from)) return undefined;
  const { protocol, host, pathname } = new URL(location, from);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  return { host, shown: withoutSecrets(`${protocol}//${host}${pathname}`).slice(0, 200) };
}

/** What the answer was expected to look like and did not. */
export function unexpectedAnswer({ method, path }: Pick<Exchange, 'method' | 'path'>, problem: string): AnonError {
  return new AnonError(
    'response_invalid',
    `The tenant's answer to ${method} ${withoutQuery(path)} cannot be used: ${problem}.`,
  );
}

function withoutQuery(path: string): string {
  return withoutSecrets(path.split('?')[0] ?? path);
}

async function rateLimited(
  answer: HttpAnswer,
  exchange: Exchange,
  { pause: { ms }, waitedMs }: { pause: Pause; waitedMs: number },
): Promise<ResponseError> {
  const seconds = Math.ceil(ms / 1000);
  const allSeconds = Math.ceil((waitedMs + ms) / 1000);
  const body = jsonIn(await answer.text().catch(() => ''));
  const { description } = serviceWords({ status: 429, body }, secretsIn(exchange));
  return new ResponseError(
    'rate_limited',
    { status: 429, error: 'too_many_requests', description },
    {
      message: `The tenant's rate limit is reached.${saying(description)}`,
      hint: `Try again in ${seconds} second${seconds === 1 ? '' : 's'}, or let the command wait: --max-wait ${allSeconds}s`,
    },
  );
}

/** What of a request its refusal may not repeat. */
export function secretsIn({ authorization, body }: Exchange): string[] {
  const { client_secret, client_assertion, session_token, metadata }: Record<string, unknown> = { ...body };
  const credentials = authorization?.split(' ').at(-1);
  return repeatedForms([credentials, client_secret, client_assertion, session_token, metadata]);
}

function jsonIn(text: string): unknown {
  try {
    return parseAnswer(text);
  } catch {
    return undefined;
  }
}
