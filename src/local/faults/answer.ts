import { tooMany } from '../http/rate-limit.ts';
import { refusalAt } from '../http/refusal.ts';
import type { Fault } from './fault.ts';

/** Statuses whose responses have no body. @see RFC 9110, section 6.4.1 */
const bodiless = [204, 205, 304];

/** OAuth's error code for a status; others are `server_error` from 500 on, and `invalid_request` below. */
const errorCodes: Readonly<Record<number, string>> = {
  401: 'invalid_client',
  403: 'access_denied',
  404: 'not_found',
  503: 'temporarily_unavailable',
};

/** The response of a fault of kind `status`: the endpoint's error with this status, or the fault's own body. */
export function answerOf({ name, status = 500, retry_after, body }: Fault, path: string, nowSeconds: number): Response {
  const headers = {
    ...(retry_after !== undefined && { 'retry-after': String(retry_after) }),
    ...(status === 429 && limitReached(nowSeconds + (retry_after ?? 1))),
  };
  if (bodiless.includes(status)) return new Response(null, { status, headers });
  if (body !== undefined) {
    return new Response(body, { status, headers: { ...headers, 'content-type': typeOf(body) } });
  }
  if (status < 400) return new Response(null, { status, headers });
  if (status === 429) return tooMany(path, headers).response();
  const error = errorCodes[status] ?? (status < 500 ? 'invalid_request' : 'server_error');
  return refusalAt(path, status, error, `The fault '${name}' of this tenant answers in its place.`, headers).response();
}

/** The service's headers; the limit is that of a tenant without one. */
function limitReached(resetSeconds: number): Record<string, string> {
  return {
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(resetSeconds),
  };
}

function typeOf(body: string): string {
  if (/^\s*</.test(body)) return 'text/html; charset=utf-8';
  try {
    JSON.parse(body);
    return 'application/json; charset=utf-8';
  } catch {
    return 'text/plain; charset=utf-8';
  }
}
