import type * as v from 'valibot';
import type { ClaimMapping } from '../claims-mapping.ts';
import type { JsonObject } from '../schema.ts';

export const editionNames = ['preview', 'ea'] as const;
export type EditionName = (typeof editionNames)[number];

export const sessionTokenFormats = ['jwe', 'jwt'] as const;
export type SessionTokenFormat = (typeof sessionTokenFormats)[number];

/** Gate 1: the tenant's settings. A lifetime of 0 seconds means that sessions never expire. */
export interface SessionSettings {
  readonly lifetimeSeconds: number;
  readonly tokenFormat: SessionTokenFormat;
  /** Whether browsers also get the session as a cookie; undefined when the edition has no such setting. */
  readonly cookie: boolean | undefined;
}

/** Gate 2: the application's toggle. */
export interface AppAccess {
  readonly enabled: boolean;
}

/** Gate 3, and in some editions gate 4: whether an API is enabled for guests, and their scopes. */
export interface GuestAccess {
  readonly enabled: boolean;
  /** The scopes of every application's guests; undefined when each application has its own client grant. */
  readonly scopes: readonly string[] | undefined;
  /** Undefined when not set and the tenant's default is not published. */
  readonly tokenLifetimeSeconds: number | undefined;
}

/** A change of an API's settings; null takes the lifetime back to the tenant's default. */
export type GuestAccessChange = Partial<Omit<GuestAccess, 'tokenLifetimeSeconds'>> & {
  readonly tokenLifetimeSeconds?: number | null | undefined;
};

/** One half of a translator between an object's wire members and our vocabulary. */
export interface Translation<Setting, Changed = Partial<Setting>> {
  /** The members that a request body may have for this setting, in addition to those of every edition. */
  readonly members: v.ObjectEntries;
  /** Further members that a request body may have without effect: the local tenant accepts them, no command sends them. */
  readonly ignored?: v.ObjectEntries;
  /** Reads an object of the Management API; missing members count as the service's default. So do unknown values: see `shown`. */
  read(body: JsonObject): Setting;
  /** The members that `read` uses, in a body whose values it knows. */
  readonly shown: v.GenericSchema;
  /**
   * The members to send so that only `change` changes in `body`, the current object. A member that also has
   * other content is sent whole, because no source says whether the service merges or replaces it.
   */
  write(change: Changed, body: JsonObject): JsonObject;
}

/** The claims that are mapped into guests' access tokens: one list, on one kind of object. */
export interface ClaimsMapping {
  /** Which object has the list: the application that requests the token, or the API that it is for. */
  readonly heldBy: 'application' | 'api';
  /** The maximum number of claims in the list. */
  readonly maxClaims: number;
  /** The members that `read` uses, in a body with a list that it can read completely. */
  readonly shown: v.GenericSchema;
  /** Reads the list of an object of that kind. */
  read(body: JsonObject): readonly ClaimMapping[];
  /** The members to send so that `body` has exactly this list, with everything else unchanged. */
  write(mappings: readonly ClaimMapping[], body: JsonObject): JsonObject;
}

/** The range of a lifetime in seconds, and its default. */
export interface LifetimeRange {
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly defaultSeconds: number;
  /** Lifetimes are whole multiples of this. */
  readonly stepSeconds: number;
  /** Known to be accepted by every tenant from this value on; undefined when that is the minimum. */
  readonly acceptedFromSeconds?: number;
}

/**
 * The wire format and features of one published edition of anonymous sessions. Everything above uses
 * only the vocabulary of this file; the names of wire members are in `preview.ts` and `ea.ts` alone.
 * @see wire contract, section 1
 */
export interface Edition {
  readonly name: EditionName;
  /** The prefix of guest ids. */
  readonly guestIdPrefix: string;
  /** The prefix of a sealed session token. */
  readonly sessionTokenPrefix: string;
  readonly tenant: Translation<SessionSettings>;
  readonly client: Translation<AppAccess>;
  readonly resourceServer: Translation<GuestAccess, GuestAccessChange>;
  readonly claims: ClaimsMapping;
  /** The members that a new tenant's settings have. */
  readonly newTenant: JsonObject;
  /** The members that a new client has in this edition unless sent otherwise. `body` is what was sent. */
  newClient(body: JsonObject): JsonObject;
  /** The members that every resource server has, with their defaults. Missing members of an object are filled in from here. */
  readonly newResourceServer: JsonObject;
  /** The members of a resource server that the service accepts and never returns. */
  readonly hiddenMembers: readonly string[];
  readonly sessionLifetime: LifetimeRange & { readonly mayNeverEnd: boolean };
  readonly guestTokenLifetime: LifetimeRange;
  readonly tokenFormats: readonly SessionTokenFormat[];
  /** The guest's session is also set as a cookie, which the tenant can disable. */
  readonly hasCookie: boolean;
  /** Only an OIDC-conformant application may create guest sessions. */
  readonly needsOidcConformance: boolean;
  /** Gate 4 is a client grant for each application and API, and not a list on the API. */
  readonly grantsScopes: boolean;
  /** An existing session accepts new metadata and gets a new session token; otherwise it is only renewed. */
  readonly updatesMetadata: boolean;
  /** Metadata values may be objects and arrays. */
  readonly nestsMetadata: boolean;
  /** The guest's id can be chosen when a session is created. */
  readonly acceptsUserId: boolean;
  /** Answers contain the remaining lifetime of the session. */
  readonly reportsSessionLifetime: boolean;
  /** A session can be exchanged for a ticket that carries it into a login. */
  readonly mintsTransferTickets: boolean;
  /** What carries a session token into a login, beside a header: a parameter of /authorize, and a cookie. */
  readonly loginCarriers: { readonly parameter: string; readonly cookie: string };
  /** How a session token writes a time, given in milliseconds since 1970. */
  writeTime(milliseconds: number): string | number;
}

/** Detects the edition of a tenant from its settings. @see wire contract, section 1 */
export function detectEdition(tenantSettings: JsonObject): EditionName {
  return Object.keys(tenantSettings).some((key) => key.startsWith('anonymous_session_')) ? 'preview' : 'ea';
}
