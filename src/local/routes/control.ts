import { Hono } from 'hono/quick';
import { clockPath, faultsPath, keysPath, limitsPath, requestsPath, statePath } from '../../wire/control.ts';
import { readRequestQuery } from '../../wire/recorded-request.ts';
import { check } from '../../wire/schema.ts';
import { stateCall, stateCallVersion } from '../../wire/state-call.ts';
import { clockYears, readClockChange } from '../../wire/tenant-clock.ts';
import { faultReading, readFaultToAdd, readLimitToSet } from '../../wire/tenant-faults.ts';
import { type KeysAnswer, readKeyRotation } from '../../wire/tenant-keys.ts';
import { type ControlAccess, controlRefusal } from '../control/access.ts';
import { changeClock } from '../control/clock.ts';
import { readKeys, revokeKey, rotateKey } from '../control/keys.ts';
import type { RequestRing } from '../control/request-ring.ts';
import { requestsAnswer, routeFinder } from '../control/requests.ts';
import { resultOf, type SharedState, unknownKind } from '../control/state.ts';
import { addFault, clearFaults, faultsOf } from '../faults/fault.ts';
import { limitsOf, removeLimits, setLimit } from '../faults/limit.ts';
import { isKnownRoute } from '../faults/route.ts';
import type { Connection } from '../http/connection.ts';
import { oauthRefusal, type Refusal } from '../http/refusal.ts';
import { readOauthBody } from '../http/request-body.ts';
import type { MomentBindings, TenantScope } from '../scope.ts';
import { clockReading, timeBy } from '../state/clock.ts';
import { removeDocument } from '../store/remove-document.ts';
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
  /** The routes that are served beside the control endpoints, which faults and limits are for. */
  readonly served: readonly { readonly method: string; readonly path: string }[];
  readonly ring: RequestRing;
  /** Undefined where the state is saved, so that other processes have it anyway. */
  readonly sharedState?: SharedState | undefined;
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
    const change = readClockChange(await readOauthBody(c.req.raw));
    if (typeof change === 'string') throw invalid(change);
    const reading = await changeClock(store, change, c.env.machineMs);
    if (!reading) throw invalid(`The tenant's clock must stay in ${clockYears}.`);
    return c.json(reading);
  });
  addFaults(app, scope);
  addKeys(app, scope);
  addRequests(app, scope);
  if (scope.sharedState) addState(app, scope.sharedState);
  app.onError((error) => {
    throw error;
  });
  app.notFound(({ req: { path } }) => {
    throw missing(path, [...new Set(app.routes.filter((route) => route.path === path).map(({ method }) => method))]);
  });
  return app;
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

function addState(app: Hono<MomentBindings>, state: SharedState): void {
  app.get(statePath, (c) => c.json(state.servedAt()));
  app.post(statePath, async (c) => {
    const { version, ...given } = await readOauthBody(c.req.raw);
    if (version !== stateCallVersion) {
      throw oauthRefusal(
        400,
        'unsupported_version',
        `The state is served for version ${stateCallVersion} of its calls.`,
      );
    }
    const call = check(stateCall, given);
    if (!call.ok) throw invalid(call.problem);
    const kind = unknownKind(call.value);
    if (kind !== undefined) throw invalid(`No state has documents of the kind ${kind.slice(0, 40)}.`);
    return c.json({ result: await resultOf(state, call.value) });
  });
}

/** @see RFC 9110, sections 15.5.5 and 15.5.6 */
function missing(path: string, methods: readonly string[]): Refusal {
  if (methods.length === 0) return notFound(`There is no control endpoint ${path.slice(0, 80)}.`);
  const allow = methods.join(', ');
  return oauthRefusal(405, 'method_not_allowed', `The control endpoint ${path} takes ${allow}.`, { allow });
}

/** /_anon/faults: list, add, remove one, remove all. /_anon/limits: list, set, remove. */
function addFaults(app: Hono<MomentBindings>, scope: ControlScope): void {
  const { store, random } = scope;
  const checkRoute = routeCheck(scope);
  app.get(faultsPath, async (c) => c.json({ faults: (await faultsOf(store)).map(faultReading) }));
  app.post(faultsPath, async (c) => {
    const wanted = readFaultToAdd(await readOauthBody(c.req.raw));
    if (typeof wanted === 'string') throw invalid(wanted);
    checkRoute(wanted.route);
    if (wanted.client_id !== undefined && !(await store.get('client', wanted.client_id))) {
      throw invalid('The tenant has no application with this client_id.');
    }
    const added = await addFault(store, { random, nowMs: c.env.machineMs }, wanted);
    if (!added) throw invalid(`Fault '${wanted.name}' already exists.`, 409);
    return c.json(faultReading(added), 201);
  });
  app.delete(faultsPath, async (c) => c.json({ removed: await clearFaults(store) }));
  app.delete(`${faultsPath}/:fault`, async (c) => {
    const wanted = c.req.param('fault');
    const found = (await faultsOf(store)).find(({ name, id }) => name === wanted || id === wanted);
    const isRemoved = found !== undefined && (await removeDocument(store, 'fault', found.id));
    if (!isRemoved) throw notFound('The tenant has no fault with this name or id.');
    return c.json({ removed: 1 });
  });
  addLimits(app, scope, checkRoute);
}

function addLimits(app: Hono<MomentBindings>, { store }: ControlScope, checkRoute: (route: string) => void): void {
  app.get(limitsPath, async (c) => c.json({ limits: await limitsOf(store) }));
  app.post(limitsPath, async (c) => {
    const limit = readLimitToSet(await readOauthBody(c.req.raw));
    if (typeof limit === 'string') throw invalid(limit);
    checkRoute(limit.route);
    await setLimit(store, limit);
    return c.json({ limits: await limitsOf(store) });
  });
  app.delete(limitsPath, async (c) => c.json({ removed: await removeLimits(store, c.req.query('route')) }));
}

/** @throws {Refusal} from the returned function, for a route of no endpoint */
function routeCheck({ served }: ControlScope): (route: string) => void {
  const paths = [...new Set(served.map(({ path }) => path))].filter((path) => !path.includes('*'));
  return (route) => {
    if (!isKnownRoute(route, paths)) throw invalid(`The tenant has no endpoint '${route.slice(0, 80)}'.`);
  };
}

/** /_anon/keys: list, rotate, revoke. */
function addKeys(app: Hono<MomentBindings>, { store, random, keys }: ControlScope): void {
  const answer = async ({ clock, machineMs }: MomentBindings['Bindings']): Promise<KeysAnswer> => ({
    keys: await readKeys(store, timeBy(clock, machineMs)),
  });
  app.get(keysPath, async (c) => c.json(await answer(c.env)));
  app.post(keysPath, async (c) => {
    const rotation = readKeyRotation(await readOauthBody(c.req.raw));
    if (typeof rotation === 'string') throw invalid(rotation);
    const { clock, machineMs } = c.env;
    await rotateKey(store, rotation.use, { keys, random, nowMs: timeBy(clock, machineMs), machineMs });
    return c.json(await answer(c.env));
  });
  app.delete(`${keysPath}/:kid`, async (c) => {
    const revoked = await revokeKey(store, c.req.param('kid'));
    if (revoked === 'current') throw invalid('This is the current key. Rotate it first.', 409);
    if (!revoked) throw notFound('The tenant has no key with this kid.');
    return c.json(await answer(c.env));
  });
}

/** Refuses a request to a control endpoint. */
function invalid(description: string, status = 400): Refusal {
  return oauthRefusal(status, 'invalid_request', description);
}

function notFound(description: string): Refusal {
  return oauthRefusal(404, 'not_found', description);
}
