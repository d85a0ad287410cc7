import type { GuestTokens } from '../create-session.ts';
import type { ClockStart, TenantClock } from './clock.ts';
import type { TenantFaults } from './faults.ts';
import type { TenantKeys } from './keys.ts';
import type { TokenToMint } from './mint.ts';
import type { RequestRecord } from './requests.ts';
import type { TenantSnapshot } from './snapshot.ts';
import type { LocalGuest, LocalWorld } from './world.ts';

export interface LocalTenantOptions {
  /** Which publication of anonymous sessions it imitates: `preview` (default), or `ea`, that of today's tenants. */
  readonly edition?: 'preview' | 'ea';
  /** Serve HTTPS and HTTP on one port, with a certificate of `ca` (default: plain HTTP alone). */
  readonly https?: boolean;
  /** The tenant's time (default: this machine's). */
  readonly clock?: ClockStart;
  /**
   * What the tenant has, in place of its sample application and API: the path or `file:` URL of a YAML or JSON file, as for
   * `anon-cli local seed`, or an object.
   */
  readonly seed?: string | URL | LocalWorld;
  /**
   * For tests alone: a whole number from which all keys, ids and tokens follow, so that each run makes the same ones, and anyone can
   * predict them.
   */
  readonly seedRandom?: number;
  /** Where to listen on this machine (default: a free port). */
  readonly port?: number;
  /** False: nothing listens, and only `fetch` reaches the tenant. */
  readonly listen?: boolean;
  /** The e-mail address or id of a user who is logged in where the login page would appear. */
  readonly autoLogin?: string;
  /** Leave the sample application and API closed to guests, as those of a new tenant are. */
  readonly closed?: boolean;
}

export interface NewGuest {
  /** At most 1024 bytes as JSON. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Space-separated (default: all that guests may have). */
  readonly scope?: string;
  /** The guest id, instead of a new one (edition `preview`). */
  readonly userId?: string;
}

export interface NewLocalUser {
  readonly email: string;
  /** Default: a new one. */
  readonly password?: string;
  readonly name?: string;
  /** Default: false. */
  readonly emailVerified?: boolean;
  /** What follows `auth0|` in the user's id. */
  readonly id?: string;
  readonly userMetadata?: Readonly<Record<string, unknown>>;
  readonly appMetadata?: Readonly<Record<string, unknown>>;
}

/** A user who can log in. */
export interface LocalUser {
  /** `auth0|…`, the `sub` of the user's tokens. */
  readonly userId: string;
  /** In lower case. */
  readonly email: string;
  readonly password: string;
  readonly name: string;
}

export interface ActionOptions {
  /** Default: the name of the file, without its extension. */
  readonly name?: string;
  /** What the Action finds in `event.secrets`. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/**
 * A tenant in the memory of this process. Errors of its functions are those of the library: `isAnonError` is true for them, and
 * `code` tells them apart.
 */
export interface LocalTenant {
  /** Where it listens: `http://localhost:PORT`, or `https://localhost:PORT`. With `listen: false`, the origin of `issuer`. */
  readonly url: string;
  /** The `iss` of its tokens: `https://localhost:PORT/`, also over plain HTTP. */
  readonly issuer: string;
  /** The client id of the sample application, which is public; with `seed`, of the first enabled application there. */
  readonly clientId: string;
  /** The identifier of the sample API; with `seed`, of the first open API there. */
  readonly audience: string;
  readonly edition: 'preview' | 'ea';
  /** The certificate that clients must trust, in PEM; undefined over plain HTTP. */
  readonly ca: string | undefined;
  /** The credentials of an application that may use the whole Management API. */
  readonly management: { readonly clientId: string; readonly clientSecret: string };
  /** What `anon-cli local exec` sets for an app: `AUTH0_DOMAIN` and more. */
  readonly env: Readonly<Record<string, string>>;
  /** Answers without a socket; a path is enough. Redirects are not followed. @throws `usage` for another host or port */
  readonly fetch: typeof globalThis.fetch;
  readonly clock: TenantClock;
  /** The guests of `seed`, by name. */
  readonly guests: Readonly<Record<string, LocalGuest>>;
  readonly requests: RequestRecord;
  readonly faults: TenantFaults;
  readonly keys: TenantKeys;
  /** Creates a guest session for the sample application and API. @throws as `createSession` */
  createGuest(options?: NewGuest): Promise<GuestTokens>;
  /** Creates a user who can log in. @throws `usage` for an address that is taken or not one, or a weak password */
  createUser(user: NewLocalUser): Promise<LocalUser>;
  /**
   * Runs a file as an Action in every login from now on, after those that were added before. A relative path starts at the
   * working directory; `new URL('./post-login.js', import.meta.url)` at the module.
   * @throws `usage` for a file that is not an Action of the trigger, or a name that is taken
   */
  addAction(
    trigger: 'post-login' | 'pre-user-registration',
    file: string | URL,
    options?: ActionOptions,
  ): Promise<{ readonly id: string; readonly name: string }>;
  /** Makes a token of any kind, valid or not, for tests of what must refuse it. @throws `usage`, `edition_unsupported` */
  mint(token: TokenToMint): Promise<string>;
  /** The whole state of the tenant, and its clock. */
  snapshot(): TenantSnapshot;
  /** Back to a snapshot of this tenant. The recorded requests stay. @throws `usage` for anything else */
  restore(snapshot: TenantSnapshot): Promise<void>;
  /** Frees the port and ends everything; a second call does nothing. `await using` calls it. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
