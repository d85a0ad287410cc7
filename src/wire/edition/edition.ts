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
  /** Whether browsers get the session as a cookie too; undefined where the edition has no such switch. */
  readonly cookie: boolean | undefined;
}

/** Gate 2: the application's toggle. */
export interface AppAccess {
  readonly enabled: boolean;
}

/** Gate 3, and where the edition keeps it there gate 4: whether an API takes guests and what they get. */
export interface GuestAccess {
  readonly enabled: boolean;
  /** What guests of every application get; undefined where each application has a client grant of its own. */
  readonly scopes: readonly string[] | undefined;
  /** Undefined where it is not set, and the default of the tenant is not published. */
  readonly tokenLifetimeSeconds: number | undefined;
}

/** One half of a translator: the members an object has on the wire, read into and written from one vocabulary. */
export interface Translation<Setting> {
  /** What a request body may hold for this setting, beside the members that every edition has. */
  readonly members: v.ObjectEntries;
  /** What a request body may hold beside them without any effect: the local tenant takes it, and no command sends it. */
  readonly ignored?: v.ObjectEntries;
  /** Reads an object of the Management API; what is left out counts as the service's default. */
  read(body: JsonObject): Setting;
  /**
   * The members to send so that just `change` changes in `body`, the object as it is now. A member that
   * holds other things as well comes whole, since no source says whether the service merges or replaces it.
   */
  write(change: Partial<Setting>, body: JsonObject): JsonObject;
}

/** Which claims guests' access tokens get beside the service's own: one list, on one kind of object. */
export interface ClaimsMapping {
  /** What has the list: the application that asks for the token, or the API that it is for. */
  readonly heldBy: 'application' | 'api';
  /** How many claims the list may hold. */
  readonly maxClaims: number;
  /** The list that an object of that kind has. */
  read(body: JsonObject): readonly ClaimMapping[];
  /** The members to send so that `body` has just this list, with what stands beside it as it is. */
  write(mappings: readonly ClaimMapping[], body: JsonObject): JsonObject;
}

/** The range of a lifetime in seconds, and what counts when nothing is set. */
export interface LifetimeRange {
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly defaultSeconds: number;
  /** Lifetimes are whole multiples of this. */
  readonly stepSeconds: number;
  /** From where on every tenant is known to take it, where some may not take the least. */
  readonly surelyTakenFromSeconds?: number;
}

/**
 * How one published edition of anonymous sessions speaks on the wire, and what it can do. Everything above
 * uses only the vocabulary of this file; the names of wire members are in `preview.ts` and `ea.ts` alone.
 * @see wire contract, section 1
 */
export interface Edition {
  readonly name: EditionName;
  /** What the ids of guests begin with. */
  readonly guestIdPrefix: string;
  /** What stands before a sealed session token. */
  readonly sessionTokenPrefix: string;
  readonly tenant: Translation<SessionSettings>;
  readonly client: Translation<AppAccess>;
  readonly resourceServer: Translation<GuestAccess>;
  readonly claims: ClaimsMapping;
  /** What the settings of a new tenant hold of this. */
  readonly newTenant: JsonObject;
  /** What a new client has of this edition when nothing else is sent. `body` is what was sent. */
  newClient(body: JsonObject): JsonObject;
  /** The members that every resource server has, as they are when nothing is sent. What an object lacks of one is filled from here. */
  readonly newResourceServer: JsonObject;
  /** The members of a resource server that the service takes and never shows. */
  readonly unshownMembers: readonly string[];
  readonly sessionLifetime: LifetimeRange & { readonly mayNeverEnd: boolean };
  readonly guestTokenLifetime: LifetimeRange;
  readonly tokenFormats: readonly SessionTokenFormat[];
  /** The guest's session also travels as a cookie, and the tenant can switch that off. */
  readonly hasCookie: boolean;
  /** Only an OIDC-conformant application may create anonymous sessions. */
  readonly needsOidcConformance: boolean;
  /** Gate 4 is a client grant for each application and API, and not a list on the API. */
  readonly grantsScopes: boolean;
  /** An existing session takes new metadata, and answers with a new session token; else it is only renewed. */
  readonly updatesMetadata: boolean;
  /** Metadata values may be objects and arrays. */
  readonly nestsMetadata: boolean;
  /** Who creates a session may choose the guest's id. */
  readonly takesUserId: boolean;
  /** An answer says how long the session has left. */
  readonly tellsSessionLifetime: boolean;
  /** A session can be exchanged for a ticket that carries it into a login. */
  readonly mintsTransferTickets: boolean;
  /** How a session token writes a time, given in milliseconds since 1970. */
  writeTime(milliseconds: number): string | number;
}

/** The edition of a tenant, told by its settings. @see wire contract, section 1 */
export function detectEdition(tenantSettings: JsonObject): EditionName {
  return Object.keys(tenantSettings).some((key) => key.startsWith('anonymous_session_')) ? 'preview' : 'ea';
}
