import { guestSubject } from '../../wire/client-grant.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { managementRefusal } from '../http/refusal.ts';
import { editionOf } from '../state/edition.ts';
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

// What a client grant has to keep to. Assumed: every wording, and every code but those of the tables.

/** @throws {Refusal} 404 */
export function findClient(store: StoreReader, clientId: unknown): JsonObject {
  const client = store.get('client', String(clientId));
  if (client === undefined) throw managementRefusal(404, 'Client not found', 'inexistent_client');
  return client;
}

/** The API of an audience. @throws {Refusal} 404 */
export function findServer(store: StoreReader, audience: unknown): JsonObject {
  const server = store.list('resource_server').find(({ identifier }) => identifier === audience);
  if (server === undefined) throw managementRefusal(404, 'Resource server not found', 'inexistent_resource_server');
  return server;
}

/** @throws {Refusal} 409: one grant an application, API and subject type */
export function checkNoDuplicate(store: StoreReader, grant: JsonObject): void {
  const known = findGrant(store, {
    clientId: grant.client_id,
    audience: grant.audience,
    subject: subjectOf(grant),
  });
  if (known === undefined) return;
  throw managementRefusal(
    409,
    'A client grant with the same client_id, audience and subject_type already exists.',
    'client_grant_exists',
  );
}

interface GrantChange {
  /** As it will be. */
  readonly grant: JsonObject;
  /** What was sent. */
  readonly change: JsonObject;
  readonly server: JsonObject;
}

/** @throws {Refusal} 400 */
export function checkGrant(store: StoreReader, { grant, change, server }: GrantChange): void {
  const problem =
    subjectProblem(store, grant, server) ?? organizationProblem(grant) ?? scopeProblem(grant, change, server);
  if (problem !== undefined) throw managementRefusal(400, problem, 'invalid_body');
}

function subjectProblem(store: StoreReader, grant: JsonObject, server: JsonObject): string | undefined {
  if (subjectOf(grant) !== guestSubject) return undefined;
  // Such a grant would be kept and give nothing: guests get what the API's own list says.
  if (!editionOf(store).grantsScopes) {
    return `Payload validation error: 'No enum match for: ${guestSubject} on property subject_type'.`;
  }
  return server.is_system === true ? 'System resource servers cannot be accessed by anonymous users.' : undefined;
}

function organizationProblem(grant: JsonObject): string | undefined {
  const named = grant.organization_usage !== undefined || grant.allow_any_organization !== undefined;
  if (!named || subjectOf(grant) === 'client') return undefined;
  return `Organization settings are not allowed for subject_type ${subjectOf(grant)}.`;
}

function scopeProblem(grant: JsonObject, change: JsonObject, server: JsonObject): string | undefined {
  if (!Array.isArray(change.scope)) return undefined;
  if (grant.allow_all_scopes === true) return 'scope cannot be provided when allow_all_scopes is true.';
  const defined = definedScopes(server);
  const stray = change.scope.filter((value: string) => !defined.includes(value));
  return stray.length > 0 ? `Scopes not defined by the resource server: ${stray.join(', ')}` : undefined;
}
