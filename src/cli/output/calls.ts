import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { readExactJson } from '../../wire/exact-json.ts';

/** A request that a tenant took. */
export interface Call {
  readonly method: string;
  /** From the tenant's root. */
  readonly path: string;
  readonly authorization?: string | undefined;
  readonly body?: unknown;
}

/** What a command sent. */
export interface Calls {
  /** Where it was sent, without a slash at the end. */
  baseUrl: string;
  /** It was sent to the tenant inside this process, and where `baseUrl` leads there may be nobody. */
  embedded?: boolean;
  readonly made: Call[];
}

/** The same tenant; every request that it takes is written down in `calls`. */
export function recorded(tenant: TenantConnection, calls: Calls): TenantConnection {
  calls.embedded = isEmbedded(tenant);
  // Others reach the embedded tenant where `local start` serves it, which is plain HTTP.
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
  return profile === 'local' && `${baseUrl}/` === issuer;
}
