import { guestSubject, subjectOf } from '../../wire/client-grant.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { managementRefusal } from '../http/refusal.ts';
import { grantAccess } from '../store/lookups.ts';
import type { StoreReader } from '../store/store.ts';

/** Finds an application's grant for an API and a subject type. There is at most one. */
export function findGrant(
  store: StoreReader,
  { clientId, audience, subject }: { clientId: unknown; audience: unknown; subject: string },
): Promise<JsonObject | undefined> {
  return store.find('client_grant', { lookup: 'access', value: grantAccess(clientId, audience, subject) });
}

/** Finds an API by its audience. */
export function findServer(store: StoreReader, audience: string): Promise<JsonObject | undefined> {
  return store.find('resource_server', { lookup: 'identifier', value: audience });
}

/** The scopes that a grant allows, out of `defined`, the scopes of its API: those that it lists, or all. */
export function grantedScopes(grant: JsonObject, defined: readonly string[]): readonly string[] {
  if (grant.allow_all_scopes === true) return defined;
  const listed = Array.isArray(grant.scope) ? grant.scope : [];
  return listed.filter((value) => defined.includes(value));
}

/** The values of the scopes that an API defines. */
export function definedScopes(server: JsonObject): string[] {
  return Array.isArray(server.scopes) ? server.scopes.map((scope: { value: string }) => scope.value) : [];
}

// The rules of client grants. Assumed: all wording, and the codes that no table of the service lists.

/** The client of a grant. @throws {Refusal} 404 */
export async function findGrantedClient(store: StoreReader, clientId: unknown): Promise<JsonObject> {
  const client = await store.get('client', String(clientId));
  if (client === undefined) throw managementRefusal(404, 'Client not found', 'inexistent_client');
  return client;
}

/** The API of a grant. @throws {Refusal} 404 */
export async function findGrantedServer(store: StoreReader, audience: unknown): Promise<JsonObject> {
  const server = await findServer(store, String(audience));
  if (server === undefined) throw managementRefusal(404, 'Resource server not found', 'inexistent_resource_server');
  return server;
}

/** @throws {Refusal} 409 when the application has a grant for the API and subject type already */
export async function checkNoDuplicate(store: StoreReader, grant: JsonObject): Promise<void> {
  const existing = await findGrant(store, {
    clientId: grant.client_id,
    audience: grant.audience,
    subject: subjectOf(grant),
  });
  if (existing === undefined) return;
  throw managementRefusal(
    409,
    'A client grant with the same client_id, audience and subject_type already exists.',
    'client_grant_exists',
  );
}

interface GrantChange {
  /** The grant after the change. */
  readonly grant: JsonObject;
  /** The payload of the request. */
  readonly change: JsonObject;
  readonly server: JsonObject;
}

/** @throws {Refusal} 400 */
export function checkGrant(edition: Edition, { grant, change, server }: GrantChange): void {
  const problem =
    subjectProblem(edition, grant, server) ?? organizationProblem(grant) ?? scopeProblem(grant, change, server);
  if (problem !== undefined) throw managementRefusal(400, problem, 'invalid_body');
}

function subjectProblem(edition: Edition, grant: JsonObject, server: JsonObject): string | undefined {
  if (subjectOf(grant) !== guestSubject) return undefined;
  // Such a grant would have no effect: guests get the scopes in the API's own list.
  if (!edition.grantsScopes) {
    return `Payload validation error: 'No enum match for: ${guestSubject}' on property subject_type.`;
  }
  return server.is_system === true ? 'System resource servers cannot be accessed by anonymous users.' : undefined;
}

function organizationProblem(grant: JsonObject): string | undefined {
  const hasSettings = grant.organization_usage !== undefined || grant.allow_any_organization !== undefined;
  if (!hasSettings || subjectOf(grant) === 'client') return undefined;
  return `Organization settings are not allowed for subject_type ${subjectOf(grant)}.`;
}

function scopeProblem(grant: JsonObject, change: JsonObject, server: JsonObject): string | undefined {
  if (!Array.isArray(change.scope)) return undefined;
  if (grant.allow_all_scopes === true) return 'scope cannot be provided when allow_all_scopes is true.';
  const defined = definedScopes(server);
  const unknown = change.scope.filter((value: string) => !defined.includes(value));
  return unknown.length > 0 ? `Scopes not defined by the resource server: ${unknown.join(', ')}` : undefined;
}
