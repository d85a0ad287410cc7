import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { type HttpAnswer, hostOf } from '../../domain/exchange/http.ts';
import { redactSecrets } from '../../domain/exchange/redact.ts';
import { localProfileName } from '../../domain/profile/name.ts';
import { isAnonError } from '../../errors.ts';
import { spinner } from '../../io/terminal/waiting.ts';
import { readExactJson } from '../../wire/exact-json.ts';
import { printable } from '../render/printable.ts';

/** A request that the tenant accepted. */
export interface Call {
  readonly method: string;
  /** Relative to the tenant's base URL. */
  readonly path: string;
  readonly authorization?: string | undefined;
  /** Those of a preflight, which say what it is for. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
}

/** The requests of a command, for `--format curl`. */
export interface Calls {
  /** The tenant's base URL, without a trailing slash. */
  baseUrl: string;
  /** The tenant runs inside this process, so `baseUrl` may not be reachable. */
  embedded?: boolean;
  readonly made: Call[];
}

/** Records every request that the tenant accepts in `calls`. */
export function recorded(tenant: TenantConnection, calls: Calls): TenantConnection {
  calls.embedded = isEmbedded(tenant);
  // Other programs reach the embedded tenant through `local start`. Over its plain HTTP, curl needs no certificate.
  calls.baseUrl = calls.embedded ? plainUrl(tenant.baseUrl) : tenant.baseUrl;
  return {
    ...tenant,
    fetch: async (url, request) => {
      const response = await tenant.fetch(url, request);
      if (response.status < 300) {
        calls.made.push({
          method: request.method,
          path: url.slice(tenant.baseUrl.length),
          authorization: request.headers.authorization,
          ...(request.method === 'OPTIONS' && { headers: request.headers }),
          body: request.body === undefined ? undefined : readExactJson(request.body),
        });
      }
      return response;
    },
  };
}

/** The same address over plain HTTP, at the same port: also at HTTPS's own, which an address leaves out. */
function plainUrl(baseUrl: string): string {
  const { host, port } = new URL(baseUrl);
  return `http://${host}${port === '' ? ':443' : ''}`;
}

function isEmbedded({ baseUrl, issuer, profile }: TenantConnection): boolean {
  return profile === localProfileName && `${baseUrl}/` === issuer;
}

/** Query members without personal data. */
const harmless = new Set([
  ...['page', 'per_page', 'take', 'include_totals', 'fields', 'include_fields', 'sort'],
  ...['is_global', 'is_first_party', 'app_type', 'subject_type', 'client_id', 'audience', 'identifiers'],
]);

/** Headers with an id for support requests, the most useful first. */
const idHeaders = ['x-auth0-requestid', 'x-correlation-id', 'x-request-id', 'cf-ray'];

/** Passes a line to `log` for each exchange and wait, without secrets. */
export function withDebugLines(tenant: TenantConnection, log: (line: string) => void): TenantConnection {
  const { clock, retry, baseUrl } = tenant;
  return {
    ...tenant,
    retry: {
      ...retry,
      wait(pause) {
        log(`waiting ${Math.round(pause.ms / 100) / 10} s: ${pause.reason}`);
        return retry.wait(pause);
      },
    },
    fetch: async (url, request) => {
      const what = `${request.method} ${pathOf(url.slice(baseUrl.length))}`;
      const startedAt = clock.now();
      const milliseconds = () => `${Math.round(clock.now() - startedAt)} ms`;
      try {
        const response = await tenant.fetch(url, request);
        log(`${what} ${response.status} ${milliseconds()}${idOf(response.headers)}`);
        return response;
      } catch (error) {
        log(`${what} failed after ${milliseconds()}: ${isAnonError(error) ? error.message : 'unexpected'}`);
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

/** Shows a spinner while a command waits for the tenant. A wait for a rate limit has its own display. */
export function withSpinner(tenant: TenantConnection, screen: Parameters<typeof spinner>[1]): TenantConnection {
  const { during } = spinner(printable(hostOf(tenant.baseUrl)), screen);
  const { retry } = tenant;
  return {
    ...tenant,
    fetch: (url, request) => during(() => tenant.fetch(url, request)),
    retry: {
      ...retry,
      wait: (pause) => (pause.asked ? retry.wait(pause) : during(() => retry.wait(pause))),
    },
  };
}
