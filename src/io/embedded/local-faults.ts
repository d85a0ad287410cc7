import type { FaultControl } from '../../local/faults/control.ts';
import type { LocalPorts } from './ports.ts';
import { withLocal } from './tenant.ts';

/** The faults and limits of the local tenant, which a running server has from the next request on. */
export function localFaults(ports: LocalPorts): FaultControl {
  const within = <Result>(work: (faults: FaultControl) => Promise<Result>): Promise<Result> =>
    withLocal(ports, {}, (local) => local.faults(work));
  return {
    list: () => within((faults) => faults.list()),
    add: (added) => within((faults) => faults.add(added)),
    remove: (id) => within((faults) => faults.remove(id)),
    clear: () => within((faults) => faults.clear()),
    limits: () => within((faults) => faults.limits()),
    limit: (limit) => within((faults) => faults.limit(limit)),
    unlimit: (route) => within((faults) => faults.unlimit(route)),
    apps: () => within((faults) => faults.apps()),
    endpointsAt: (route) => within((faults) => faults.endpointsAt(route)),
  };
}
