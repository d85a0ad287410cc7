import type { MiddlewareHandler } from 'hono';
import type { MomentBindings, TenantScope } from '../scope.ts';
import { matches } from '../store/lookups.ts';
import type { StoreReader } from '../store/store.ts';

export interface AnonymousVariables extends MomentBindings {
  /** The client id in the request; set once the request has been read. */
  Variables: { clientId: string | undefined };
}

/**
 * CORS for the guest endpoints: pages may call them, with credentials, from the origins of their application. A preflight
 * names no application, so the origin of any application is allowed there. Edition `preview` has no CORS. @see wire contract, section 4
 */
export function anonymousCors({ store }: TenantScope): MiddlewareHandler<AnonymousVariables> {
  return async (c, next) => {
    const origin = c.req.header('origin');
    if (origin === undefined || !c.env.edition.hasCookie) return next();
    const preflight = c.req.method === 'OPTIONS';
    if (preflight) c.res = new Response(null, { status: 204 });
    else await next();
    c.header('vary', 'Origin', { append: true });
    if (!(await isAllowed(store, origin, c.get('clientId')))) return;
    c.header('access-control-allow-origin', origin);
    c.header('access-control-allow-credentials', 'true');
    if (!preflight) return;
    c.header('access-control-allow-methods', 'POST, OPTIONS');
    c.header('access-control-allow-headers', 'content-type, auth0-client');
  };
}

async function isAllowed(store: StoreReader, origin: string, clientId: string | undefined): Promise<boolean> {
  const where = { lookup: 'origin', value: origin };
  const client = clientId === undefined ? undefined : await store.get('client', clientId);
  return client ? matches('client', client, where) : (await store.find('client', where)) !== undefined;
}
