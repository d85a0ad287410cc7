import type { Hono } from 'hono/quick';
import { faultsPath, limitsPath } from '../../wire/control.ts';
import { faultReading, readFaultToAdd, readLimitToSet } from '../../wire/tenant-faults.ts';
import { bodyOf, invalid, notFound } from '../control/answers.ts';
import { addFault, clearFaults, faultsOf } from '../faults/fault.ts';
import { limitsOf, removeLimits, setLimit } from '../faults/limit.ts';
import { isKnownRoute } from '../faults/route.ts';
import type { MomentBindings, TenantScope } from '../scope.ts';
import { removeDocument } from '../store/remove-document.ts';

export interface FaultsScope extends Pick<TenantScope, 'store' | 'random'> {
  /** The routes that are served beside the control endpoints, which faults and limits are for. */
  readonly served: readonly { readonly method: string; readonly path: string }[];
}

/** /_anon/faults: list, add, remove one, remove all. /_anon/limits: list, set, remove. */
export function addFaults(app: Hono<MomentBindings>, scope: FaultsScope): void {
  const { store, random } = scope;
  const checkRoute = routeCheck(scope);
  app.get(faultsPath, async (c) => c.json({ faults: (await faultsOf(store)).map(faultReading) }));
  app.post(faultsPath, async (c) => {
    const wanted = readFaultToAdd(await bodyOf(c.req.raw));
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

function addLimits(app: Hono<MomentBindings>, { store }: FaultsScope, checkRoute: (route: string) => void): void {
  app.get(limitsPath, async (c) => c.json({ limits: await limitsOf(store) }));
  app.post(limitsPath, async (c) => {
    const limit = readLimitToSet(await bodyOf(c.req.raw));
    if (typeof limit === 'string') throw invalid(limit);
    checkRoute(limit.route);
    await setLimit(store, limit);
    return c.json({ limits: await limitsOf(store) });
  });
  app.delete(limitsPath, async (c) => c.json({ removed: await removeLimits(store, c.req.query('route')) }));
}

/** @throws {Refusal} from the returned function, for a route of no endpoint */
function routeCheck({ served }: FaultsScope): (route: string) => void {
  const paths = [...new Set(served.map(({ path }) => path))].filter((path) => !path.includes('*'));
  return (route) => {
    if (!isKnownRoute(route, paths)) throw invalid(`The tenant has no endpoint '${route.slice(0, 80)}'.`);
  };
}
