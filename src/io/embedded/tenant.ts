import type { Clock } from '../../domain/clock.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import type { TenantTime } from '../../domain/exchange/tenant-time.ts';
import type { LocalTenant } from '../../local/open-tenant.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { type LazyRunner, lazyRunner } from '../actions/lazy-runner.ts';
import { databasePorts, type LocalOptions, type LocalPorts } from './ports.ts';
import { editionMismatch } from './state-errors.ts';
import { failUnusable, openFile, resetFile } from './state-file.ts';

/**
 * Opens the local tenant, or creates it in the given edition.
 * @throws {AnonError} `state_unusable` for a file, the errors of {@link import('./database-errors.ts').databaseFailure} for a
 * database; `edition_unsupported` where the tenant uses another edition than the given one
 */
export async function openLocal(ports: LocalPorts, options: LocalOptions = {}): Promise<LocalTenant> {
  const local = await opened(ports, options);
  const refusal = editionMismatch(await local.edition(), options.edition);
  if (!refusal) return local;
  await local.close();
  throw refusal;
}

/** Opens the local tenant for `work`. @throws as {@link openLocal} */
export async function withLocal<Result>(
  ports: LocalPorts,
  options: LocalOptions,
  work: (local: LocalTenant) => Promise<Result>,
): Promise<Result> {
  const local = await openLocal(ports, options);
  try {
    return await work(local);
  } finally {
    await local.close();
  }
}

async function opened(ports: LocalPorts, given: LocalOptions): Promise<LocalTenant> {
  const { state } = ports;
  const actions = lazyRunner(ports.actionLimits);
  const options = { ...given, runAction: given.runAction ?? actions.run };
  if ('file' in state) {
    const local = await openFile(state.file, ports, options);
    return explained(local, actions, (error) => failUnusable(state.file, ports, local, error));
  }
  if ('memory' in state) {
    const { openLocalTenant } = await import('../../local/open-tenant.ts');
    const local = await openLocalTenant(state, { ...options, clock: ports.now }, databasePorts(ports.warn));
    return explained(local, actions, async (error) => {
      throw error;
    });
  }
  if ('served' in state) {
    const { openServed, failServed } = await import('./served-state.ts');
    return explained(await openServed(state, ports, options), actions, failServed);
  }
  const { openInDatabase, failInDatabase } = await import('./state-database.ts');
  return explained(await openInDatabase(state, ports, options), actions, (error) => failInDatabase(state, error));
}

/** The tenant, with `fail` for what its functions throw. */
function explained(local: LocalTenant, actions: LazyRunner, fail: (error: unknown) => Promise<never>): LocalTenant {
  return {
    get issuer() {
      return local.issuer;
    },
    randomness: local.randomness,
    now: local.now,
    movedClock: local.movedClock,
    ready: () => local.ready().catch(fail),
    warmUp: local.warmUp,
    handle: (request, connection) => local.handle(request, connection).catch(fail),
    setIssuer: (issuer) => local.setIssuer(issuer).catch(fail),
    edition: () => local.edition().catch(fail),
    guestObjects: () => local.guestObjects().catch(fail),
    managementCredentials: () => local.managementCredentials().catch(fail),
    sessionKeys: () => local.sessionKeys().catch(fail),
    reset: (edition, seedRandom) => local.reset(edition, seedRandom).catch(fail),
    clock: () => local.clock().catch(fail),
    changeClock: (change) => local.changeClock(change).catch(fail),
    keys: () => local.keys().catch(fail),
    rotateKey: (use) => local.rotateKey(use).catch(fail),
    revokeKey: (kid) => local.revokeKey(kid).catch(fail),
    exportState: () => local.exportState().catch(fail),
    importState: (file) => local.importState(file).catch(fail),
    snapshotState: () => local.snapshotState().catch(fail),
    restoreState: (snapshot) => local.restoreState(snapshot).catch(fail),
    isFresh: () => local.isFresh().catch(fail),
    actions: () => local.actions().catch(fail),
    tryAction: (attempt) => local.tryAction(attempt).catch(fail),
    addAction: (added) => local.addAction(added).catch(fail),
    removeAction: (id) => local.removeAction(id).catch(fail),
    faults: (work) => local.faults(work).catch(fail),
    seedWorld: (world, options) => local.seedWorld(world, options).catch(fail),
    issueGuests: (world, saved) => local.issueGuests(world, saved).catch(fail),
    transit: local.transit,
    outage: local.outage,
    async close() {
      await actions.close();
      await local.close();
    },
  };
}

/**
 * Replaces the local tenant by a new one. Returns its edition: the given one, or that of the previous tenant.
 * @throws as {@link openLocal}
 */
export async function resetLocal(
  ports: LocalPorts,
  edition: EditionName | undefined,
  seedRandom: number | undefined,
): Promise<EditionName> {
  const { state } = ports;
  if ('file' in state) return resetFile(state.file, ports, { edition, seedRandom });
  const local = await opened(ports, { edition });
  try {
    await local.reset(edition, seedRandom);
    return await local.edition();
  } finally {
    await local.close();
  }
}

type LocalCommon = Pick<TenantConnection, 'profile' | 'selection' | 'clock' | 'retry' | 'warn'> & {
  readonly timeBy: (clock: Clock) => TenantTime;
};

/** A connection to the local tenant in this process: `handle` takes the place of a socket. */
export async function connectLocal(
  ports: LocalPorts,
  common: LocalCommon,
  { timeoutMs, ...options }: LocalOptions & { readonly timeoutMs?: number | undefined } = {},
): Promise<TenantConnection> {
  const local = await openLocal(ports, options);
  const { clientId, clientSecret } = await local.managementCredentials();
  const clock = clockOf(local, common.clock);
  const { timeBy, ...rest } = common;
  return {
    ...rest,
    clock,
    time: timeBy(clock),
    movedClock: () => local.movedClock()?.readingAt(ports.now()),
    issuer: local.issuer,
    baseUrl: local.issuer.slice(0, -1),
    async fetch(url, request) {
      const response = await local.handle(new Request(url, { ...request, body: request.body ?? null }));
      const transit = local.transit(response);
      if (!transit) return response;
      await (await import('./transit.ts')).inTransit(transit, { url, clock: common.clock, timeoutMs });
      return response;
    },
    management: {
      credentials: { kind: 'client_secret', clientId },
      source: 'profile',
      secret: async () => clientSecret,
      cache: undefined,
    },
    edition: await local.edition(),
    saveEdition: async () => {},
    sessionKeys: () => local.sessionKeys(),
  };
}

/** The tenant's clock. Another process may move it while this one waits. */
function clockOf(local: LocalTenant, machine: Clock): Clock {
  return {
    now: local.now,
    async wait(ms) {
      await machine.wait(ms);
      // What keeps the state from being read is the next request's to report.
      await local.ready().catch(() => {});
    },
  };
}
