import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { localProfileName } from '../../domain/profile/name.ts';
import { readExactJson } from '../../wire/exact-json.ts';

/** A request that the tenant accepted. */
export interface Call {
  readonly method: string;
  /** Relative to the tenant's base URL. */
  readonly path: string;
  readonly authorization?: string | undefined;
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
  // Other programs reach the embedded tenant through `local start`, which serves plain HTTP.
  calls.baseUrl = calls.embedded ? tenant.baseUrl.replace(/^https:/, 'http:') : tenant.baseUrl;
  return {
    ...tenant,
    fetch: async (url, request) => {
      const response = await tenant.fetch(url, request);
      if (response.status < 300) {
        calls.made.push({
          method: request.method,
          path: url.slice(tenant.baseUrl.length),
          authorization: request.headers.authorization,
          body: request.body === undefined ? undefined : readExactJson(request.body),
        });
      }
      return response;
    },
  };
}

function isEmbedded({ baseUrl, issuer, profile }: TenantConnection): boolean {
  return profile === localProfileName && `${baseUrl}/` === issuer;
}
