import type { TenantConnection } from '../../domain/exchange/connection.ts';
import type { HttpAnswer } from '../../domain/exchange/http.ts';
import { redactSecrets } from '../../domain/exchange/redact.ts';
import { isAnonError } from '../../errors.ts';

/** Members of a query that say how to list, and nothing of what. */
const harmless = new Set([
  ...['page', 'per_page', 'take', 'include_totals', 'fields', 'include_fields', 'sort'],
  ...['is_global', 'is_first_party', 'app_type', 'subject_type', 'client_id', 'audience', 'identifiers'],
]);

/** By which the service's own people find a request again, the most telling first. */
const idHeaders = ['x-auth0-requestid', 'x-correlation-id', 'x-request-id', 'cf-ray'];

/** The same tenant; every exchange with it and every wait is a line of text for `tell`, without anything secret. */
export function debugged(tenant: TenantConnection, tell: (line: string) => void): TenantConnection {
  const { clock, retry, baseUrl } = tenant;
  return {
    ...tenant,
    retry: {
      ...retry,
      wait(pause) {
        tell(`waiting ${Math.round(pause.ms / 100) / 10} s: ${pause.reason}`);
        return retry.wait(pause);
      },
    },
    fetch: async (url, request) => {
      const what = `${request.method} ${pathOf(url.slice(baseUrl.length))}`;
      const startedAt = clock.now();
      const milliseconds = () => `${Math.round(clock.now() - startedAt)} ms`;
      try {
        const response = await tenant.fetch(url, request);
        tell(`${what} ${response.status} ${milliseconds()}${idOf(response.headers)}`);
        return response;
      } catch (error) {
        tell(`${what} failed after ${milliseconds()}: ${isAnonError(error) ? error.message : 'unexpected'}`);
        throw error;
      }
    },
  };
}

function pathOf(url: string): string {
  const [path = '', query] = url.split('?');
  if (!query) return redactSecrets(path);
  const members = query.split('&').map((member) => {
    const name = member.split('=', 1)[0] ?? '';
    return harmless.has(name) ? member : `${name}=***`;
  });
  return redactSecrets(`${path}?${members.join('&')}`);
}

function idOf(headers: HttpAnswer['headers']): string {
  const id = idHeaders.map((name) => headers.get(name)).find((value) => value);
  return id && /^[\w.:/+=-]{1,100}$/.test(id) ? ` id=${redactSecrets(id)}` : '';
}
