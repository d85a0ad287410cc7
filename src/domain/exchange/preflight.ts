import { ResponseError } from '../../errors.ts';
import type { TenantConnection } from './connection.ts';
import type { HttpAnswer } from './http.ts';
import { redactTokens } from './redact.ts';
import { isTransientFailure } from './retry.ts';
import { sendUntilAnswered } from './send.ts';

/** A request with cookies that a page sends to another origin. */
export interface CrossOriginRequest {
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
    throw new ResponseError('server_error', { status, error: `http_${status}`, description: message }, { message });
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
