import { originPatterns, patternKey } from '../../wire/allowed-origin.ts';
import { subjectOf } from '../../wire/client-grant.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Kind, Where } from './store.ts';

type Lookups = Readonly<Record<string, (document: JsonObject) => readonly string[]>>;

/**
 * How documents are found other than by their ids: for each kind its lookups, and the values that a document has. When one
 * changes, increase {@link lookupVersion}, so that the values in existing states are computed again.
 */
const lookups: Readonly<Partial<Record<Kind, Lookups>>> = {
  client: {
    global: ({ global }) => [String(global === true)],
    origin: (client) => originPatterns(client).map(patternKey),
  },
  resource_server: {
    identifier: ({ identifier }) => [String(identifier)],
    is_system: ({ is_system }) => [String(is_system === true)],
  },
  client_grant: {
    access: (grant) => [grantAccess(grant.client_id, grant.audience, subjectOf(grant))],
    client_id: ({ client_id }) => [String(client_id)],
    audience: ({ audience }) => [String(audience)],
  },
  client_credential: {
    client_id: ({ client_id }) => [String(client_id)],
  },
  user: {
    email: ({ email }) => (typeof email === 'string' ? [email.toLowerCase()] : []),
  },
  action: {
    trigger: ({ trigger }) => [String(trigger)],
  },
  // The one that every document has tells cheaply whether there is any.
  fault: {
    any: () => ['true'],
  },
  login_session: {
    user_id: ({ user_id }) => [String(user_id)],
  },
  refresh_token: {
    user_id: ({ user_id }) => [String(user_id)],
    session_id: ({ session_id }) => [String(session_id)],
  },
};

export const lookupVersion = 3;

/** The value of a grant's lookup `access`: an application, an API and a subject type. */
export function grantAccess(clientId: unknown, audience: unknown, subject: string): string {
  return JSON.stringify([clientId, audience, subject]);
}

/** All values by which a document is found. */
export function valuesOf(kind: Kind, document: JsonObject): Where[] {
  // A newer version may have more kinds.
  return Object.entries(lookups[kind] ?? {}).flatMap(([lookup, values]) =>
    // A database saves UTF-8, which has no unpaired surrogates.
    [...new Set(values(document).map((value) => Buffer.from(value).toString()))].map((value) => ({ lookup, value })),
  );
}

export function matches(kind: Kind, document: JsonObject, { lookup, value }: Where): boolean {
  return lookups[kind]?.[lookup]?.(document).includes(value) ?? false;
}
