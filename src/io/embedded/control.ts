import type { FaultControl } from '../../local/faults/control.ts';
import type { Rehearsal, Rehearsed } from '../../local/rehearse.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { ServedAt } from '../../wire/state-call.ts';
import type { ClockChange, ClockReading } from '../../wire/tenant-clock.ts';
import type { TenantExport } from '../../wire/tenant-export.ts';
import type { ControlAddress } from './control-address.ts';
import { type LocalActions, localActions } from './local-actions.ts';
import { type LocalKeyControl, localKeyControl } from './local-keys.ts';
import { type LocalSnapshots, localSnapshots } from './local-snapshots.ts';
import type { SeedRequest, SeedResult } from './local-worlds.ts';
import type { LocalPorts } from './ports.ts';
import type { SavedState } from './state-address.ts';
import { resetLocal, withLocal } from './tenant.ts';

/** What `anon-cli local` does with the local tenant. */
export interface LocalControl {
  readonly state: SavedState;
  /** Whether there is a tenant. Creates none. @throws {AnonError} */
  exists(): Promise<boolean>;
  /** @throws {AnonError} `edition_unsupported` where the tenant uses another edition */
  describe(
    edition: EditionName | undefined,
  ): Promise<{ issuer: string; edition: EditionName; clientId: string; clientSecret: string }>;
  /**
   * Replaces the tenant by a new one: new keys, one application and one API without anonymous sessions, in the same edition
   * unless another is given. With a seed it is predictable, for tests. Returns its edition.
   */
  reset(edition: EditionName | undefined, seedRandom?: number): Promise<EditionName>;
  /** Where a running server of this user answers the control endpoints; undefined where none does. */
  controlAddress(): Promise<ControlAddress | undefined>;
  /** Where another process serves the state from its memory; undefined for any other state. @throws {AnonError} */
  servedAt(): Promise<ServedAt | undefined>;
  /** @throws as {@link describe} */
  clock(edition: EditionName | undefined): Promise<ClockReading>;
  /** Undefined, and nothing is changed, where the clock would leave the years that it may show. @throws as {@link describe} */
  changeClock(change: ClockChange, edition: EditionName | undefined): Promise<ClockReading | undefined>;
  readonly keys: LocalKeyControl;
  /** The whole state, secrets included. @throws {AnonError} `edition_unsupported` where the tenant uses another edition */
  export(edition: EditionName | undefined): Promise<TenantExport>;
  /** Replaces the whole state by a checked export; reports whether the tenant's keys changed with it. */
  import(file: TenantExport): Promise<{ readonly newKeys: boolean }>;
  /** Puts a world into the tenant, in one transaction. */
  seed(request: SeedRequest): Promise<SeedResult>;
  readonly actions: LocalActions;
  readonly faults: FaultControl;
  readonly snapshots: LocalSnapshots;
  /** Whether nothing would be lost with the tenant, because it is new or nobody has changed it. */
  isFresh(): Promise<boolean>;
  /** Logs a user in, with and without a guest, in copies of the tenant: nothing of it stays. */
  rehearse(login: Rehearsal): Promise<Rehearsed>;
}

export function localControl(ports: LocalPorts<SavedState>): LocalControl {
  const { state } = ports;
  return {
    state,
    exists: async () => (await (await import('./names.ts')).localNames(state)) !== undefined,
    describe: (asked) =>
      withLocal(ports, { edition: asked }, async (local) => {
        const [edition, credentials] = [await local.edition(), await local.managementCredentials()];
        return { issuer: local.issuer, edition, ...credentials };
      }),
    reset: (edition, seedRandom) => resetLocal(ports, edition, seedRandom),
    controlAddress: async () => (await import('./control-file.ts')).announcedControl(ports),
    servedAt: async () => ('served' in state ? (await import('./served-state.ts')).whereServed(state) : undefined),
    clock: (edition) => withLocal(ports, { edition }, (local) => local.clock()),
    changeClock: (change, edition) => withLocal(ports, { edition }, (local) => local.changeClock(change)),
    keys: localKeyControl(ports),
    export: (edition) => withLocal(ports, { edition }, (local) => local.exportState()),
    import: (file) => withLocal(ports, {}, (local) => local.importState(file)),
    seed: async (request) => (await import('./local-worlds.ts')).seedLocal(ports, request),
    actions: localActions(ports),
    faults: localFaults(ports),
    snapshots: localSnapshots(ports),
    isFresh: () => withLocal(ports, {}, (local) => local.isFresh()),
    rehearse: async (login) => (await import('./rehearsal.ts')).rehearseLogin(ports, login),
  };
}

/** The faults and limits of the local tenant, which a running server has from the next request on. */
function localFaults(ports: LocalPorts): FaultControl {
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
