import type { EditionName } from '../wire/edition/edition.ts';
import type { ServedAt } from '../wire/state-call.ts';
import type { ClockChange, ClockReading } from '../wire/tenant-clock.ts';
import type { TenantExport } from '../wire/tenant-export.ts';
import type { KeyReading, KeyUse } from '../wire/tenant-keys.ts';
import type { SnapshotState } from '../wire/tenant-snapshot.ts';
import type { TenantWorld, WorldGuestTokens } from '../wire/tenant-world.ts';
import type { Action, NewAction } from './actions/action.ts';
import type { ActionAttempt, AttemptResult } from './actions/try-action.ts';
import type { FaultControl } from './faults/control.ts';
import { outage } from './http/outage.ts';
import { type Transit, transitOf } from './http/transit.ts';
import { systemRandom } from './random.ts';
import { clockOf, clockReading } from './state/clock.ts';
import { editionOf } from './state/edition.ts';
import { type GuestObjects, guestObjects } from './state/guest-objects.ts';
import { setIssuer } from './state/issuer.ts';
import { readMoment } from './state/moment.ts';
import { cachedStore } from './store/cached-store.ts';
import { openDatabase, type StateLocation } from './store/location.ts';
import type { PostgresPorts } from './store/postgres/address.ts';
import { removeDocument } from './store/remove-document.ts';
import { createTenant, type Tenant, type TenantOptions } from './tenant.ts';
import { makeKeys, sessionKeys, tenantKeys } from './tokens/keys.ts';
import type { SavedTokens } from './worlds/guests.ts';
import type { Seeded, SeedingOptions } from './worlds/seed-world.ts';

/** A tenant whose state is saved. Its functions throw what {@link openLocalTenant} throws. */
export interface LocalTenant extends Tenant {
  /** Changes the issuer, from the next token on. */
  setIssuer(issuer: string): Promise<void>;
  /** The edition of the state. */
  edition(): Promise<EditionName>;
  /** The applications and APIs. */
  guestObjects(): Promise<GuestObjects>;
  /** The credentials of the global client, which every tenant has and which may configure it. */
  managementCredentials(): Promise<{ clientId: string; clientSecret: string }>;
  /** The keys that session tokens are encrypted with, the current one first: 32 bytes each. */
  sessionKeys(): Promise<readonly Uint8Array[]>;
  /** Deletes everything and starts over with new keys, in the same edition unless another is given, and without a seed unless one is given. */
  reset(edition?: EditionName, seedRandom?: number): Promise<void>;
  clock(): Promise<ClockReading>;
  /** Undefined, and nothing is changed, where the clock would leave the years that it may show. */
  changeClock(change: ClockChange): Promise<ClockReading | undefined>;
  /** The keys whose tokens are accepted, the current ones first. */
  keys(): Promise<readonly KeyReading[]>;
  /** Makes a new key; the present one is accepted until its tokens have ended. */
  rotateKey(use: KeyUse): Promise<void>;
  /** Removes a previous key. `current`, and nothing is changed, for one in use; undefined where no key has this `kid`. */
  revokeKey(kid: string): Promise<'revoked' | 'current' | undefined>;
  /** The whole state, for another database. */
  exportState(): Promise<TenantExport>;
  /** Replaces the whole state by a checked export, and reports whether the keys changed with it. */
  importState(file: TenantExport): Promise<{ readonly newKeys: boolean }>;
  /** The whole state, with its clock, faults and login sessions. */
  snapshotState(): Promise<SnapshotState>;
  /** As {@link importState}, with all of a checked snapshot. */
  restoreState(snapshot: SnapshotState): Promise<{ readonly newKeys: boolean }>;
  /** Whether nothing has been changed since the tenant was created. */
  isFresh(): Promise<boolean>;
  /** The Actions, in the order in which they run. */
  actions(): Promise<readonly Action[]>;
  /** Undefined where its trigger has one with this name. */
  addAction(added: NewAction): Promise<Action | undefined>;
  /** Returns whether there was one with this id. */
  removeAction(id: string): Promise<boolean>;
  /** Runs an Action once, and saves nothing. */
  tryAction(attempt: ActionAttempt): Promise<AttemptResult>;
  /** Runs `work` with the faults and limits. */
  faults<Result>(work: (faults: FaultControl) => Promise<Result>): Promise<Result>;
  /** What happens to a response of `handle` on its way to the client. */
  transit(response: Response): Transit | undefined;
  /** Puts a world into the tenant: all of it or, where there are problems, nothing. */
  seedWorld(world: TenantWorld, options: SeedingOptions): Promise<Seeded>;
  /** New tokens for the guests of a world that was put in, except for those whose saved tokens are still theirs. */
  issueGuests(world: TenantWorld, saved: SavedTokens): Promise<readonly WorldGuestTokens[]>;
  /** The response to a request while the state cannot be used. */
  outage(request: Request, why?: string): Response;
  close(): Promise<void>;
}

export type LocalTenantOptions = Pick<
  TenantOptions,
  | ('clock' | 'domain' | 'edition' | 'seedRandom' | 'rateLimit' | 'plainHttp' | 'faultless' | 'control')
  | ('onServed' | 'runAction' | 'autoLogin' | 'explain' | 'stopping')
> & {
  /** Where a tenant in memory is served: who may use its control endpoints may then use its state. Otherwise nobody else can. */
  readonly servedAt?: (() => ServedAt) | undefined;
};

/**
 * Opens the tenant whose state is at `location`, and creates the state on first use.
 * @throws {StateFileError} when the file holds something else or cannot be used
 * @throws {DatabaseUnavailableError | DatabaseRefusedError} when the database cannot be reached or used
 */
export async function openLocalTenant(
  location: StateLocation,
  options: LocalTenantOptions,
  ports: PostgresPorts,
): Promise<LocalTenant> {
  const database = await openDatabase(location, ports);
  const store = cachedStore(database);
  const databaseName = 'file' in location ? 'sqlite' : 'postgres' in location ? 'postgresql' : undefined;
  const { servedAt } = options;
  const sharedState = servedAt && { database, servedAt };
  const keys = makeKeys;
  const tenant = createTenant({ ...options, store, random: systemRandom(), keys, databaseName, sharedState });
  const { random, named } = tenant.randomness;
  const place = () => ({ store, machineMs: options.clock(), issuer: tenant.issuer, named });
  try {
    await tenant.ready();
  } catch (error) {
    await store.close();
    throw error;
  }
  return {
    get issuer() {
      return tenant.issuer;
    },
    randomness: tenant.randomness,
    now: tenant.now,
    movedClock: tenant.movedClock,
    ready: tenant.ready,
    warmUp: tenant.warmUp,
    handle: tenant.handle,
    async setIssuer(issuer) {
      await setIssuer(store, issuer);
      await tenant.ready();
    },
    async edition() {
      await store.refresh();
      return (await editionOf(store)).name;
    },
    async guestObjects() {
      await store.refresh();
      return guestObjects(store);
    },
    async managementCredentials() {
      const client = await store.find('client', { lookup: 'global', value: 'true' });
      return { clientId: String(client?.client_id), clientSecret: String(client?.client_secret) };
    },
    sessionKeys: async () => sessionKeys(await tenantKeys(store, tenant.now())).map((key) => key.export()),
    async reset(edition, seedRandom) {
      const { reseed } = await import('./state/seed.ts');
      await reseed({ store, random: systemRandom(), keys: makeKeys, issuer: tenant.issuer, edition, seedRandom });
    },
    async clock() {
      await store.refresh();
      return clockReading(await clockOf(store), options.clock());
    },
    changeClock: async (change) => (await import('./control/clock.ts')).changeClock(store, change, options.clock()),
    async keys() {
      await tenant.ready();
      return (await controlledKeys()).readKeys(store, tenant.now());
    },
    async rotateKey(use) {
      await tenant.ready();
      const { predictable } = tenant.randomness;
      const nextKeys = predictable ? (await import('./tokens/seeded-keys.ts')).nextKeys : undefined;
      const ports = {
        keys: nextKeys ? () => nextKeys(random) : makeKeys,
        random,
        nowMs: tenant.now(),
        machineMs: options.clock(),
      };
      await (await controlledKeys()).rotateKey(store, use, ports);
    },
    revokeKey: async (kid) => (await controlledKeys()).revokeKey(store, kid),
    exportState: async () => (await carried()).exportState(store),
    importState: async (file) => (await carried()).importState(store, file),
    snapshotState: async () => (await import('./state/snapshot.ts')).snapshotState(store),
    restoreState: async (snapshot) => (await import('./state/snapshot.ts')).restoreState(store, snapshot),
    isFresh: async () => (await carried()).isFresh(store),
    async actions() {
      await store.refresh();
      return (await saved()).actionsOf(store);
    },
    addAction: async (added) => (await saved()).addAction(store, { random, nowMs: tenant.now() }, added),
    removeAction: (id) => removeDocument(store, 'action', id),
    async tryAction(attempt) {
      const { tryAction } = await import('./actions/try-action.ts');
      await tenant.ready();
      const moment = await readMoment(store, { machineMs: options.clock(), issuer: tenant.issuer });
      if (!moment) throw new Error('the state is empty after it was read');
      return tryAction({ store, random, runAction: options.runAction }, moment, attempt);
    },
    async faults(work) {
      const { faultControl } = await import('./faults/control.ts');
      const paths = async () => {
        const { pathsOf, routes } = await import('./responder.ts');
        return pathsOf(routes({ store, random }, options));
      };
      return work(faultControl(store, { random, clock: options.clock, paths }));
    },
    seedWorld: async (world, given) => (await worlds()).seedWorld(place(), world, given),
    async issueGuests(world, savedTokens) {
      // The world may have brought another seed.
      await tenant.ready();
      return (await worlds()).issueGuests({ ...place(), random }, world, savedTokens);
    },
    transit: transitOf,
    outage: (request, why) => outage(new URL(request.url).pathname, why),
    close: () => store.close(),
  };
}

const carried = () => import('./state/carried-state.ts');
const controlledKeys = () => import('./control/keys.ts');
const worlds = () => import('./worlds/seed-world.ts');
const saved = () => import('./actions/action.ts');
