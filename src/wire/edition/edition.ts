import type * as v from 'valibot';
import type { JsonObject } from '../schema.ts';

export const editionNames = ['preview', 'ea'] as const;
export type EditionName = (typeof editionNames)[number];

export const sessionTokenFormats = ['jwe', 'jwt'] as const;
export type SessionTokenFormat = (typeof sessionTokenFormats)[number];

/** Gate 1: the tenant's settings. A lifetime of 0 seconds means that sessions never expire. */
export interface SessionSettings {
  readonly lifetimeSeconds: number;
  readonly tokenFormat: SessionTokenFormat;
}

/** Gate 2: the application's toggle. */
export interface AppAccess {
  readonly enabled: boolean;
}

/** Gates 3 and 4: whether an API takes guests, which scopes they get and how long their access tokens live. */
export interface GuestAccess {
  readonly enabled: boolean;
  readonly scopes: readonly string[];
  readonly tokenLifetimeSeconds: number;
}

/** One half of a translator: the members an object has on the wire, read into and written from one vocabulary. */
export interface Translation<Setting> {
  /** What a request body may hold for this setting, beside the members that every edition has. */
  readonly members: v.ObjectEntries;
  /** Reads an object of the Management API; what is left out counts as the service's default. */
  read(body: JsonObject): Setting;
  /** The members to send so that just `change` changes. */
  write(change: Partial<Setting>): JsonObject;
}

/**
 * How one published edition of anonymous sessions speaks on the wire. Everything above uses only the
 * vocabulary of this file; the names of wire members are in `preview.ts` alone, and `ea.ts` when it comes.
 */
export interface Edition {
  readonly name: EditionName;
  readonly guestIdPrefix: string;
  readonly tenant: Translation<SessionSettings>;
  readonly client: Translation<AppAccess>;
  readonly resourceServer: Translation<GuestAccess>;
}

/** The edition of a tenant, told by its settings. @see wire contract, section 1 */
export function detectEdition(tenantSettings: JsonObject): EditionName {
  return Object.keys(tenantSettings).some((key) => key.startsWith('anonymous_session_')) ? 'preview' : 'ea';
}
