import { Hono } from 'hono/quick';
import { clockPath, requestsPath, statePath } from '../../wire/control.ts';
import { readRequestQuery } from '../../wire/recorded-request.ts';
import { check } from '../../wire/schema.ts';
import { stateCall, stateCallVersion } from '../../wire/state-call.ts';
import { clockYears, readClockChange } from '../../wire/tenant-clock.ts';
import { type ControlAccess, controlRefusal } from '../control/access.ts';
import { bodyOf, invalid, notFound } from '../control/answers.ts';
import { changeClock } from '../control/clock.ts';
import type { RequestRing } from '../control/request-ring.ts';
import { requestsAnswer } from '../control/requests.ts';
import { routeFinder } from '../control/route-of.ts';
import { resultOf, type SharedState, unknownKind } from '../control/state.ts';
import type { Connection } from '../http/connection.ts';
import { oauthRefusal, type Refusal } from '../http/refusal.ts';
import type { MomentBindings } from '../scope.ts';
import { clockReading } from '../state/clock.ts';

import { addFaults, type FaultsScope } from './control-faults.ts';
import { addKeys, type KeysScope } from './control-keys.ts';

/** Answers requests to the control endpoints. @throws {Refusal} */
export type Control = (
  request: Request,
  moment: MomentBindings['Bindings'],
  connection: Connection | undefined,
) => Promise<Response>;

/** What the control endpoints need. */
export interface ControlScope extends KeysScope, FaultsScope {
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
    const change = readClockChange(await bodyOf(c.req.raw));
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
    const { version, ...given } = await bodyOf(c.req.raw);
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
