import { AnonError, isUnreachable, ResponseError, type UnreachableError } from '../../errors.ts';
import type { HttpAnswer, Pause, TenantConnection } from '../ports.ts';
import { inDoubt } from './doubt.ts';
import { parseAnswer } from './parse-answer.ts';
import { pauseAfter } from './pause.ts';
import { withoutSecrets } from './secrecy.ts';

export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** From the tenant's root, with its query. */
  readonly path: string;
  /** The whole `Authorization` header. */
  readonly authorization?: string | undefined;
  /** Sent as JSON. */
  readonly body?: object | undefined;
}

export interface Answer {
  readonly status: number;
  /** The parsed JSON body, or undefined where there is none. */
  readonly body: unknown;
}

/**
 * Sends one request and reads its JSON answer, whatever the status. After a 429 it waits as the tenant says and
 * sends again; a GET also after a 5xx or a broken connection, three times at most. Its waits take no longer
 * together than the connection's patience. Nothing else is ever sent twice.
 * @throws {ResponseError} `rate_limited` when the limit outlasts that patience; `response_invalid`, or
 *   `server_error` with a 5xx, when the answer is not JSON; `failed` for a redirect
 * @throws {UnreachableError} when no answer came
 */
export async function send(tenant: TenantConnection, exchange: Exchange): Promise<Answer> {
  const { clock, patience } = tenant;
  const attempts = { refusals: 0, retries: 0 };
  for (let leftMs = patience.maxWaitMs; ; ) {
    const result = await attempt(tenant, exchange);
    const pause = pauseAfter(result, exchange.method, attempts, { nowMs: clock.now(), random: patience.random });
    if (!pause || pause.ms > leftMs) {
      if (isUnreachable(result)) throw inDoubt(result, exchange, tenant);
      if (pause && result.status === 429) throw rateLimited(pause, patience.maxWaitMs - leftMs);
      return readAnswer(result, exchange, tenant);
    }
    attempts[!isUnreachable(result) && result.status === 429 ? 'refusals' : 'retries'] += 1;
    leftMs -= pause.ms;
    await patience.wait(pause);
  }
}

async function attempt(tenant: TenantConnection, exchange: Exchange): Promise<HttpAnswer | UnreachableError> {
  const { method, path, authorization, body } = exchange;
  try {
    return await tenant.fetch(`${tenant.baseUrl}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
        ...(authorization && { authorization }),
      },
      body: body && JSON.stringify(body),
    });
  } catch (error) {
    if (isUnreachable(error)) return error;
    throw error;
  }
}

async function readAnswer(response: HttpAnswer, exchange: Exchange, tenant: TenantConnection): Promise<Answer> {
  const { status, headers } = response;
  const text = await response.text();
  if (status >= 300 && status < 400) throw notAnAnswer(status, 'a redirect, which is not followed', exchange);
  if (text === '') return { status, body: undefined };
  try {
    return { status, body: parseAnswer(text) };
  } catch (cause) {
    const page = headers.get('content-type')?.startsWith('text/html') || text.trimStart().startsWith('<');
    const what = page ? 'an HTML page, not JSON' : 'a body that is not JSON';
    throw inDoubt(notAnAnswer(status, what, exchange, cause), exchange, tenant);
  }
}

function notAnAnswer(status: number, what: string, { method, path }: Exchange, cause?: unknown): ResponseError {
  const failed = status >= 500;
  const redirect = status >= 300 && status < 400;
  return new ResponseError(
    failed ? 'server_error' : redirect ? 'failed' : 'response_invalid',
    { status, error: 'invalid_response', description: '' },
    {
      message: `The tenant answered ${method} ${withoutQuery(path)} with ${status} and ${what}.`,
      hint: failed
        ? 'The service, or something on the way to it, is in trouble: try again later.'
        : 'Is the domain that of an Auth0 tenant? See anon-cli profile list.',
      cause,
    },
  );
}

/** What the answer was expected to look like and did not. */
export function unexpectedAnswer({ method, path }: Exchange, problem: string): AnonError {
  return new AnonError(
    'response_invalid',
    `The tenant's answer to ${method} ${withoutQuery(path)} cannot be used: ${problem}.`,
  );
}

function withoutQuery(path: string): string {
  return withoutSecrets(path.split('?')[0] ?? path);
}

function rateLimited({ ms }: Pause, waitedMs: number): ResponseError {
  const seconds = Math.ceil(ms / 1000);
  const allSeconds = Math.ceil((waitedMs + ms) / 1000);
  return new ResponseError(
    'rate_limited',
    { status: 429, error: 'too_many_requests', description: '' },
    {
      message: "The tenant's rate limit is reached.",
      hint: `Try again in ${seconds} second${seconds === 1 ? '' : 's'}, or let the command wait: --max-wait ${allSeconds}s`,
    },
  );
}
