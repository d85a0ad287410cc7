import type { EditionName } from '../wire/edition/edition.ts';
import type { ActionRunner } from './actions/runner.ts';
import type { ControlAccess } from './control/access.ts';
import type { SharedState } from './control/state.ts';
import type { Connection } from './http/connection.ts';
import type { RateLimit } from './http/rate-limit.ts';
import type { Explain, ServedRequest } from './http/served-request.ts';
import type { Random } from './random.ts';
import type { Responder } from './responder.ts';
import type { DatabaseName } from './routes/health.ts';
import type { Moment } from './scope.ts';
import { type ClockSetting, type MovedClock, movedClock, timeBy } from './state/clock.ts';
import { momentReader } from './state/moment.ts';
import { type RandomSource, randomSource } from './state/random-source.ts';
import { upgrade } from './state/upgrade.ts';
import type { Store } from './store/store.ts';
import type { KeyMaker } from './tokens/keys.ts';

/** The domain of a new tenant by default: its issuer is `https://localhost:4400/`. */
export const defaultDomain = 'localhost:4400';

export interface TenantOptions {
  readonly store: Store;
  /** The machine's time, in milliseconds since 1970. The tenant's own clock, in its state, may differ from it. */
  readonly clock: () => number;
  /** For a state without a seed. */
  readonly random: Random;
  /** Creates the keys of an empty state; afterwards they are read from the state. */
  readonly keys: KeyMaker;
  /** An empty state gets the issuer `https://<domain>/`; afterwards the issuer is read from the state. */
  readonly domain?: string | undefined;
  /** The edition of an empty state (default: `preview`); afterwards the edition is read from the state. */
  readonly edition?: EditionName | undefined;
  /** For tests: the keys and all randomness of an empty state follow from it; afterwards the seed is read from the state. */
  readonly seedRandom?: number | undefined;
  /** Where the state is; by default in memory. */
  readonly databaseName?: DatabaseName | undefined;
  /** No limit by default. */
  readonly rateLimit?: RateLimit | undefined;
  /** The tenant is served over plain HTTP alone. */
  readonly plainHttp?: boolean | undefined;
  /** Without the faults and limits of the state. */
  readonly faultless?: boolean | undefined;
  /** Runs the Actions of logins; without it, a login that has Actions fails. */
  readonly runAction?: ActionRunner | undefined;
  /** The e-mail address or id of a user who is logged in where the login page would appear. */
  readonly autoLogin?: string | undefined;
  /** Who may use the control endpoints; by default nobody. */
  readonly control?: ControlAccess | undefined;
  /** What the control endpoints share of a state in memory. */
  readonly sharedState?: SharedState | undefined;
  /** Explains refusals to those who read the recorded requests. */
  readonly explain?: Explain | undefined;
  /** Ends waits for requests that are to be recorded: the tenant is about to stop. */
  readonly stopping?: AbortSignal | undefined;
  /** Called after every response but those of /health and of the control endpoints. */
  readonly onServed?: ((served: ServedRequest) => void) | undefined;
}

export interface Tenant {
  /** As last read from the state. */
  readonly issuer: string;
  /** Where its ids and nonces come from. */
  readonly randomness: Pick<RandomSource, 'random' | 'named' | 'predictable'>;
  /** The time by the tenant's clock, as last read from the state, in milliseconds since 1970. */
  now(): number;
  /** Its clock, as last read from the state; undefined while it is the machine's. */
  movedClock(): MovedClock | undefined;
  /**
   * Reads what has changed in the state, and fills an empty one.
   * @throws {StateFileError | DatabaseUnavailableError | DatabaseRefusedError}
   */
  ready(): Promise<void>;
  /** Loads what the first request needs, so that it does not have to wait. */
  warmUp(): Promise<void>;
  /**
   * `connection` is undefined for a request from this process.
   * @throws {StateFileError | DatabaseRefusedError} when the state cannot be used; every other failure becomes a response
   */
  handle(request: Request, connection?: Connection): Promise<Response>;
}

interface Current {
  readonly issuer: string;
  readonly edition: EditionName | undefined;
  readonly clock: ClockSetting;
}

/**
 * A tenant with anonymous sessions, in the edition of its state: the part of what Auth0 serves at `https://DOMAIN/` that
 * this project needs. Refusals have the service's statuses and bodies.
 */
export function createTenant(options: TenantOptions): Tenant {
  const { store, clock, random, keys, domain = defaultDomain, edition, seedRandom } = options;
  const randomness = randomSource(random);
  const readMoment = momentReader(store);
  // As last read from the state. An empty state is filled with it, including one that was deleted while the tenant ran.
  let current: Current = { issuer: `https://${domain}/`, edition, clock: undefined };
  let upgraded = false;
  const read = async (mayLag: boolean): Promise<Moment> => {
    await store.refresh({ mayLag });
    const wanted = { machineMs: clock(), issuer: current.issuer };
    let moment = await readMoment(wanted);
    if (!moment) {
      const { seed } = await import('./state/seed.ts');
      await seed({ store, random, keys, issuer: current.issuer, edition: current.edition, seedRandom });
      moment = await readMoment(wanted);
    }
    if (!moment) throw new Error('the state was emptied while it was being filled');
    if (!upgraded) await upgrade(store);
    upgraded = true;
    await randomness.follow(store, moment.randomness);
    current = { issuer: moment.issuer, edition: moment.edition.name, clock: moment.clock };
    return moment;
  };
  let respond: Responder | undefined;
  const load = async () => {
    const { responder } = await import('./responder.ts');
    respond ??= responder(options, read, randomness);
    return respond;
  };
  return {
    get issuer() {
      return current.issuer;
    },
    randomness,
    now: () => timeBy(current.clock, clock()),
    movedClock: () => movedClock(current.clock),
    async ready() {
      await read(false);
    },
    async warmUp() {
      await load();
    },
    async handle(request, connection) {
      return (respond ?? (await load()))(request, connection);
    },
  };
}
