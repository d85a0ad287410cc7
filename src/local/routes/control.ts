import { Hono } from 'hono/quick';
import { clockPath, keysPath, requestsPath } from '../../wire/control.ts';
import { readRequestQuery } from '../../wire/recorded-request.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { clockYears, readClockChange } from '../../wire/tenant-clock.ts';
import { type KeysAnswer, readKeyRotation } from '../../wire/tenant-keys.ts';
import { type ControlAccess, controlRefusal } from '../control/access.ts';
import { changeClock } from '../control/clock.ts';
import { readKeys, revokeKey, rotateKey } from '../control/keys.ts';
import type { RequestRing } from '../control/request-ring.ts';
import { requestsAnswer } from '../control/requests.ts';
import { routeFinder } from '../control/route-of.ts';
import type { Connection } from '../http/connection.ts';
import { oauthRefusal, type Refusal } from '../http/refusal.ts';
import { BodyError, readBody } from '../http/request-body.ts';
import type { MomentBindings, TenantScope } from '../scope.ts';
import { clockReading, timeBy } from '../state/clock.ts';
import type { KeyMaker } from '../tokens/keys.ts';

/** Answers requests to the control endpoints. @throws {Refusal} */
export type Control = (
  request: Request,
  moment: MomentBindings['Bindings'],
  connection: Connection | undefined,
) => Promise<Response>;

/** What the control endpoints need. */
export interface ControlScope extends Pick<TenantScope, 'store' | 'random'> {
  /** Makes new keys. */
  readonly keys: KeyMaker;
  readonly ring: RequestRing;
  /** The routes that are served beside them. */
  readonly served: readonly { readonly method: string; readonly path: string }[];
  /** The server is about to stop. */
  readonly stopping?: AbortSignal | undefined;
}

export function control(scope: ControlScope, access: ControlAccess): Control {
  const app = controlRoutes(scope);
  return async (request, moment, connection) => {
    const refusal = controlRefusal(request, access, connection);
    if (refusal) throw refusal;
    return app.fetch(request, moment);
  };
}

/** The control endpoints: what tests do to a tenant and no real tenant allows. */
export function controlRoutes(scope: ControlScope): Hono<MomentBindings> {
  const { store } = scope;
  const app = new Hono<MomentBindings>();
  app.use((c, next) => {
    c.header('cache-control', 'no-store');
    return next();
  });
  app.get(clockPath, (c) => c.json(clockReading(c.env.clock, c.env.machineMs)));
  app.post(clockPath, async (c) => {
    const change = readClockChange(await bodyOf(c.req.raw));
    if (typeof change === 'string') throw invalid(change);
    const reading = await changeClock(store, change, c.env.machineMs);
    if (!reading) throw invalid(`The tenant's clock must stay in ${clockYears}.`);
    return c.json(reading);
  });
  addKeys(app, scope);
  addRequests(app, scope);
  app.onError((error) => {
    throw error;
  });
  app.notFound(({ req: { path } }) => {
    throw missing(path, [...new Set(app.routes.filter((route) => route.path === path).map(({ method }) => method))]);
  });
  return app;
}

function addKeys(app: Hono<MomentBindings>, { store, random, keys }: ControlScope): void {
  const answer = async ({ clock, machineMs }: MomentBindings['Bindings']): Promise<KeysAnswer> => ({
    keys: await readKeys(store, timeBy(clock, machineMs)),
  });
  app.get(keysPath, async (c) => c.json(await answer(c.env)));
  app.post(keysPath, async (c) => {
    const rotation = readKeyRotation(await bodyOf(c.req.raw));
    if (typeof rotation === 'string') throw invalid(rotation);
    const { clock, machineMs } = c.env;
    await rotateKey(store, rotation.use, { keys, random, nowMs: timeBy(clock, machineMs), machineMs });
    return c.json(await answer(c.env));
  });
  app.delete(`${keysPath}/:kid`, async (c) => {
    const revoked = await revokeKey(store, c.req.param('kid'));
    if (revoked === 'current') throw invalid('This is the current key. Rotate it first.', 409);
    if (!revoked) throw oauthRefusal(404, 'not_found', 'The tenant has no key with this kid.');
    return c.json(await answer(c.env));
  });
}

function addRequests(app: Hono<MomentBindings>, { ring, served, stopping }: ControlScope): void {
  const routeOf = routeFinder(served);
  app.get(requestsPath, async (c) => {
    const query = readRequestQuery(new URL(c.req.url).searchParams);
    if (typeof query === 'string') throw invalid(query);
    const { signal } = c.req.raw;
    const unwanted = stopping ? AbortSignal.any([signal, stopping]) : signal;
    const answer = await requestsAnswer(ring, query, { routeOf, unwanted });
    if (!answer) throw invalid(`since must be at most ${ring.next}: the server has started again.`);
    return c.json(answer);
  });
}

/** @throws {Refusal} */
async function bodyOf(request: Request): Promise<JsonObject> {
  try {
    return await readBody(request);
  } catch (error) {
    if (error instanceof BodyError) throw invalid(error.message, error.status);
    throw error;
  }
}

function invalid(description: string, status = 400): Refusal {
  return oauthRefusal(status, 'invalid_request', description);
}

/** @see RFC 9110, sections 15.5.5 and 15.5.6 */
function missing(path: string, methods: readonly string[]): Refusal {
  if (methods.length === 0) return oauthRefusal(404, 'not_found', `There is no control endpoint ${path.slice(0, 80)}.`);
  const allow = methods.join(', ');
  return oauthRefusal(405, 'method_not_allowed', `The control endpoint ${path} takes ${allow}.`, { allow });
}
