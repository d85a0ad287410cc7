import { mostSimilar } from '../../../../domain/did-you-mean.ts';
import { findByReference } from '../../../../domain/find-by-reference.ts';
import { AnonError } from '../../../../errors.ts';
import type { FaultControl } from '../../../../local/faults/control.ts';
import type { Fault } from '../../../../local/faults/fault.ts';
import { anyRoute } from '../../../../wire/tenant-faults.ts';
import type { GlobalOptions } from '../../../options/global.ts';
import { refuseOtherTenants } from '../../../tenant/local-access.ts';
import type { Context } from '../../../world/context.ts';

/** The faults of the local tenant. @throws {AnonError} `edition_unsupported` where `--profile` names another */
export async function localFaults(context: Context, options: GlobalOptions): Promise<FaultControl> {
  await refuseOtherTenants(context, options);
  return (await context.local()).faults;
}

/** The fault with this name or id. @throws {AnonError} `not_found` */
export async function findFault(faults: FaultControl, reference: string): Promise<Fault> {
  return findByReference(await faults.list(), reference, ({ name, id }) => ({ name, ids: [id] }), {
    noun: 'fault',
    listCommand: 'anon-cli local fault list',
  });
}

/** The route after `--route`; without it, every endpoint. @throws {AnonError} `usage` for a path that is not an endpoint's */
export async function routeAt(faults: FaultControl, route: string | undefined): Promise<string> {
  if (route === undefined) return anyRoute;
  const { known, all } = await faults.endpointsAt(route);
  if (known) return route;
  const path = route.replace(/\*$/, '');
  const similar = mostSimilar(path.startsWith('/') ? path : `/${path}`, all);
  throw new AnonError('usage', `The local tenant has no endpoint '${route.slice(0, 80)}'.`, {
    hint: similar ? `Did you mean ${similar}?` : `Example: --route /anonymous/token, or --route '/api/v2/*'`,
  });
}
