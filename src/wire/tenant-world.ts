import type { ClaimMapping } from './claims-mapping.ts';
import type { ClientType } from './client.ts';
import type { EditionName, SessionTokenFormat } from './edition/edition.ts';
import type { JsonObject } from './schema.ts';

/** Where in a world's file something is: keys, and the indexes of lists. */
export type WorldPath = readonly (string | number)[];

/** Something in a world that the tenant cannot have. */
export interface WorldProblem {
  readonly path: WorldPath;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** An application, by its name or client id. */
export interface WorldApp {
  readonly reference: string;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** Of a new application: `spa` by default, or `regular_web` with a secret. */
  readonly type?: ClientType | undefined;
  readonly enabled?: boolean | undefined;
  readonly oidcConformant?: boolean | undefined;
  /** The whole list, like the next two. */
  readonly origins?: readonly string[] | undefined;
  readonly callbacks?: readonly string[] | undefined;
  readonly logoutUrls?: readonly string[] | undefined;
}

/** An API, by its audience. */
export interface WorldApi {
  readonly audience: string;
  readonly name?: string | undefined;
  /** All scopes that it has; by default those that it had, and those of guests. */
  readonly definedScopes?: readonly string[] | undefined;
  readonly open?: boolean | undefined;
  readonly tokenLifetimeSeconds?: number | undefined;
  /** The scopes of the guests of every application that the world enables. */
  readonly scopes?: readonly string[] | undefined;
  /** In place of `scopes`, for the guests of one application. */
  readonly apps: readonly { readonly reference: string; readonly scopes: readonly string[] }[];
}

export interface WorldUser {
  readonly email: string;
  /** What follows `auth0|` in the user's id. */
  readonly id?: string | undefined;
  /** A new user without one gets a new one. */
  readonly password?: string | undefined;
  readonly name?: string | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly userMetadata?: JsonObject | undefined;
  readonly appMetadata?: JsonObject | undefined;
}

export interface WorldAction {
  readonly trigger: 'post-login' | 'pre-user-registration';
  readonly name: string;
  /** An absolute path. */
  readonly file: string;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A guest with a session. No document of the tenant: whoever has the session token is the guest. */
export interface WorldGuest {
  readonly name: string;
  /** By name or client id; undefined: the only one of the tenant. */
  readonly app?: string | undefined;
  /** An audience; undefined: the only open API of the tenant. */
  readonly api?: string | undefined;
  /** What follows the edition's prefix in the guest id. */
  readonly id?: string | undefined;
  readonly metadata: JsonObject;
  /** How long ago the session began. A session that would have ended is expired. */
  readonly ageSeconds: number;
  /** Undefined: all that the guest may have. */
  readonly scopes?: readonly string[] | undefined;
}

/** Keys for a tenant: all of them from a seed, or given ones. */
export type WorldKeys =
  | { readonly seed: number }
  | {
      /** A private RSA JWK. */
      readonly signing?: { readonly kid: string; readonly jwk: JsonObject } | undefined;
      /** 32 bytes in base64url, which encrypt session tokens. */
      readonly session?: string | undefined;
    };

/** What a local tenant should have. What a world does not mention stays as it is. */
export interface TenantWorld {
  readonly edition?: EditionName | undefined;
  readonly tenant: {
    /** 0: sessions never expire. */
    readonly lifetimeSeconds?: number | undefined;
    readonly tokenFormat?: SessionTokenFormat | undefined;
    readonly cookie?: boolean | undefined;
  };
  readonly clock?: { readonly frozenAtMs: number } | { readonly offsetSeconds: number } | undefined;
  readonly keys?: WorldKeys | undefined;
  readonly apps: readonly WorldApp[];
  readonly apis: readonly WorldApi[];
  /** The whole list of each enabled application or open API in the world, whichever the edition maps claims on. */
  readonly claims?: readonly ClaimMapping[] | undefined;
  readonly users: readonly WorldUser[];
  readonly actions: readonly WorldAction[];
  readonly guests: readonly WorldGuest[];
}

export type WorldKind = 'tenant' | 'clock' | 'keys' | 'app' | 'api' | 'user' | 'action' | 'guest';

/** Something that was created or updated, by its name in the world; the first three have none. */
export interface WorldChange {
  readonly kind: WorldKind;
  readonly name: string;
  readonly change: 'created' | 'updated';
}

/** A guest with new tokens. Times are in seconds since 1970, by the tenant's clock. */
export interface WorldGuestTokens {
  readonly name: string;
  readonly guestId: string;
  readonly clientId: string;
  readonly appName: string;
  readonly audience: string;
  readonly apiName: string;
  /** As asked for, separated by spaces; undefined: all that the guest may have. */
  readonly scope: string | undefined;
  readonly metadata: JsonObject;
  readonly sessionToken: string;
  readonly accessToken: string;
  readonly createdAt: number;
  readonly accessEndsAt: number;
  /** Null: never. */
  readonly sessionEndsAt: number | null;
}
