import type { JsonObject } from '../../wire/schema.ts';
import type { StoreReader } from '../store/store.ts';

const indexes = new WeakMap<readonly JsonObject[], ReadonlyMap<string, JsonObject>>();

/** The grant of an application for an API and one kind of subject: there is at most one. */
export function findGrant(
  store: StoreReader,
  { clientId, audience, subject }: { clientId: unknown; audience: unknown; subject: string },
): JsonObject | undefined {
  const grants = store.list('client_grant');
  const index = indexes.get(grants) ?? new Map(grants.map((grant) => [keyOf(grant), grant]));
  // The store gives the same list until a grant is written; every request for a guest token looks one up.
  indexes.set(grants, index);
  return index.get(JSON.stringify([clientId, audience, subject]));
}

/** What a grant gives of `defined`, the scopes that its API defines: those it names, or all. */
export function grantedScopes(grant: JsonObject, defined: readonly string[]): readonly string[] {
  if (grant.allow_all_scopes === true) return defined;
  const named = Array.isArray(grant.scope) ? grant.scope : [];
  return named.filter((value) => defined.includes(value));
}

/** The values of the scopes that an API defines. */
export function definedScopes(server: JsonObject): string[] {
  return Array.isArray(server.scopes) ? server.scopes.map((scope: { value: string }) => scope.value) : [];
}

/** One without a subject is for the application itself. */
export function subjectOf(grant: JsonObject): string {
  return typeof grant.subject_type === 'string' ? grant.subject_type : 'client';
}

function keyOf(grant: JsonObject): string {
  return JSON.stringify([grant.client_id, grant.audience, subjectOf(grant)]);
}
