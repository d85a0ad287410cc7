import type { JsonObject } from '../../wire/schema.ts';
import { managementRefusal } from '../http/refusal.ts';

/** Shown to everybody who may read clients at all. */
const summaryMembers = ['client_id', 'app_type', 'name', 'description'];
/** Shown only to those who may read keys. @see management-api, section 2.2 */
const secretMembers = ['client_secret', 'encryption_key', 'signing_keys', 'client_authentication_methods'];

/** What of a client a token with these scopes shows. */
export function shownTo(scopes: ReadonlySet<string>): (client: JsonObject) => JsonObject {
  return (client) => Object.fromEntries(Object.entries(client).filter(([member]) => mayRead(scopes, member)));
}

function mayRead(scopes: ReadonlySet<string>, member: string): boolean {
  if (summaryMembers.includes(member) || scopes.has('read:client_keys')) return true;
  return scopes.has(secretMembers.includes(member) ? 'read:client_credentials' : 'read:clients');
}

/** Who may change a client sees what is no secret of it. */
export function changedFor(scopes: ReadonlySet<string>): (client: JsonObject) => JsonObject {
  return shownTo(new Set([...scopes, 'read:clients']));
}

/** What a scope does not show is left out, but asking for it by name is refused. */
export function checkFields(query: URLSearchParams, scopes: ReadonlySet<string>): void {
  const named = query.get('include_fields') === 'false' ? [] : (query.get('fields')?.split(',') ?? []);
  if (named.some((field) => !mayRead(scopes, field))) {
    const message = 'Some fields cannot be read with the permissions granted by the bearer token scopes.';
    throw managementRefusal(403, message, 'insufficient_scope');
  }
}
