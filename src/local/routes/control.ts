import { Hono } from 'hono/quick';
import { clockPath } from '../../wire/control.ts';
import { type ControlAccess, controlRefusal } from '../control/access.ts';
import type { Connection } from '../http/connection.ts';
import { oauthRefusal, type Refusal } from '../http/refusal.ts';
import type { MomentBindings, TenantScope } from '../scope.ts';

/** Answers requests to the control endpoints. @throws {Refusal} */
export type Control = (
  request: Request,
  moment: MomentBindings['Bindings'],
  connection: Connection | undefined,
) => Promise<Response>;

export function control(scope: TenantScope, access: ControlAccess): Control {
  const app = controlRoutes(scope);
  return async (request, moment, connection) => {
    const refusal = controlRefusal(request, access, connection);
    if (refusal) throw refusal;
    return app.fetch(request, moment);
  };
}

/** The control endpoints: what tests do to a tenant and no real tenant allows. */
export function controlRoutes(_scope: TenantScope): Hono<MomentBindings> {
  const app = new Hono<MomentBindings>();
  app.use((c, next) => {
    c.header('cache-control', 'no-store');
    return next();
  });
  app.get(clockPath, (c) => c.json({ now: new Date(c.env.nowSeconds * 1000).toISOString() }));
  app.onError((error) => {
    throw error;
  });
  app.notFound(({ req: { path } }) => {
    throw missing(path, [...new Set(app.routes.filter((route) => route.path === path).map(({ method }) => method))]);
  });
  return app;
}

/** @see RFC 9110, sections 15.5.5 and 15.5.6 */
function missing(path: string, methods: readonly string[]): Refusal {
  if (methods.length === 0) return oauthRefusal(404, 'not_found', `There is no control endpoint ${path.slice(0, 80)}.`);
  const allow = methods.join(', ');
  return oauthRefusal(405, 'method_not_allowed', `The control endpoint ${path} takes ${allow}.`, { allow });
}
