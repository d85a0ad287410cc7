import type { MiddlewareHandler } from 'hono';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantContext } from '../context.ts';
import { editionOf } from '../state/edition.ts';

export interface AnonymousVariables {
  /** The client id in the request; set once the request has been read. */
  Variables: { clientId: string | undefined };
}

/**
 * CORS for the guest endpoints: pages may call them, with credentials, from the origins of their application. A preflight
 * names no application, so the origin of any application is allowed there. Edition `preview` has no CORS. @see wire contract, section 4
 */
export function anonymousCors(tenant: TenantContext): MiddlewareHandler<AnonymousVariables> {
  return async (c, next) => {
    const origin = c.req.header('origin');
    if (origin === undefined || !editionOf(tenant.store).hasCookie) return next();
    const preflight = c.req.method === 'OPTIONS';
    if (preflight) c.res = new Response(null, { status: 204 });
    else await next();
    c.header('vary', 'Origin', { append: true });
    if (!isAllowed(tenant, origin, c.get('clientId'))) return;
    c.header('access-control-allow-origin', origin);
    c.header('access-control-allow-credentials', 'true');
    if (!preflight) return;
    c.header('access-control-allow-methods', 'POST, OPTIONS');
    c.header('access-control-allow-headers', 'content-type, auth0-client');
  };
}

function isAllowed({ store }: TenantContext, origin: string, clientId: string | undefined): boolean {
  const client = clientId === undefined ? undefined : store.get('client', clientId);
  const clients = client ? [client] : store.list('client');
  return clients.some((candidate) => originsOf(candidate).includes(origin));
}

function originsOf({ web_origins, allowed_origins, callbacks }: JsonObject): string[] {
  const urls = [web_origins, allowed_origins, callbacks].flatMap((list) => (Array.isArray(list) ? list : []));
  // The callback of a native application has the origin `null`, which is also a sandboxed page's.
  const origins = urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).origin);
  return origins.filter((origin) => origin !== 'null');
}
