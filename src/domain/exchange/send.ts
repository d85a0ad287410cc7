import { AnonError, ResponseError } from '../../errors.ts';
import type { TenantConnection } from '../ports.ts';
import { withoutSecrets } from './secrecy.ts';

/** How often a request that met a rate limit is sent again, and the longest wait before that. */
const maxRetries = 2;
const maxWaitMs = 60_000;

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
 * Sends one request and reads its JSON answer, whatever the status. A 429 is waited for as long as the
 * tenant says, at most a minute each time, and sent again at most twice.
 * @throws {ResponseError} `rate_limited` when the limit holds on, `response_invalid` when the answer is not JSON
 */
export async function send(tenant: TenantConnection, exchange: Exchange): Promise<Answer> {
  for (let retries = 0; ; retries += 1) {
    const response = await tenant.fetch(`${tenant.baseUrl}${exchange.path}`, {
      method: exchange.method,
      headers: {
        accept: 'application/json',
        ...(exchange.body && { 'content-type': 'application/json' }),
        ...(exchange.authorization && { authorization: exchange.authorization }),
      },
      body: exchange.body && JSON.stringify(exchange.body),
    });
    if (response.status !== 429) return { status: response.status, body: await readJson(response, exchange) };
    const waitMs = waitAfter(response.headers, tenant.clock.now(), retries);
    if (retries === maxRetries || waitMs > maxWaitMs) throw rateLimited(waitMs);
    await response.arrayBuffer();
    await tenant.clock.wait(waitMs);
  }
}

async function readJson(response: Response, { method, path }: Exchange): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const status = response.status;
    throw new ResponseError(
      status >= 500 ? 'server_error' : 'response_invalid',
      { status, error: 'invalid_response', description: '' },
      {
        message: `The tenant answered ${method} ${withoutQuery(path)} with ${status} and a body that is not JSON.`,
        hint: 'Is the domain that of an Auth0 tenant? See anon-cli profile list.',
        cause,
      },
    );
  }
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

/** `Retry-After` first, then `x-ratelimit-reset` (epoch seconds), else 1 s, 2 s, … @see management-api, section 6 */
function waitAfter(headers: Headers, nowMs: number, retries: number): number {
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  if (Number.isFinite(retryAfter)) return Math.max(0, retryAfter * 1000);
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  if (Number.isFinite(reset)) return Math.max(0, reset * 1000 - nowMs);
  return 1000 * 2 ** retries;
}

function rateLimited(waitMs: number): ResponseError {
  return new ResponseError(
    'rate_limited',
    { status: 429, error: 'too_many_requests', description: '' },
    {
      message: "The tenant's rate limit is reached.",
      hint: `Try again in ${Math.max(1, Math.ceil(waitMs / 1000))} seconds.`,
    },
  );
}
