import type { Edition } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { managementRefusal } from '../http/refusal.ts';
import type { StoreReader } from '../store/store.ts';
import { credentialsOf, namedCredentials } from './public-keys.ts';

/** @throws {Refusal} 404 */
export async function findClient(store: StoreReader, id: string): Promise<JsonObject> {
  const client = await store.get('client', id);
  if (client === undefined) throw managementRefusal(404, 'The client does not exist', 'inexistent_client');
  return client;
}

/** Checks a client as it is after a change. @throws {Refusal} 400 */
export async function checkClient(store: StoreReader, edition: Edition, client: JsonObject): Promise<void> {
  checkGrantTypes(client);
  checkConformance(edition, client);
  await checkAuthentication(store, client);
}

/** A public client has no secret, so it cannot use the grant that needs one. */
function checkGrantTypes(client: JsonObject): void {
  const grants = Array.isArray(client.grant_types) ? client.grant_types : [];
  if (client.token_endpoint_auth_method === 'none' && grants.includes('client_credentials')) {
    throw managementRefusal(400, 'Invalid grant types: client_credentials', 'invalid_body');
  }
}

/** Assumed: the wording. It applies to both changes: enabling anonymous sessions, and giving up OIDC conformance. */
function checkConformance(edition: Edition, client: JsonObject): void {
  if (!edition.needsOidcConformance || client.oidc_conformant === true) return;
  if (edition.client.read(client).enabled) {
    const message = 'Anonymous sessions can only be active for a client that is OIDC conformant.';
    throw managementRefusal(400, message, 'invalid_body');
  }
}

/** An application has one authentication method, and only keys of its own. Assumed: both wordings. */
async function checkAuthentication(store: StoreReader, client: JsonObject): Promise<void> {
  if (client.client_authentication_methods === undefined) return;
  if (client.token_endpoint_auth_method !== undefined) {
    const message = 'token_endpoint_auth_method and client_authentication_methods are mutually exclusive.';
    throw managementRefusal(400, message, 'invalid_body');
  }
  if ((await credentialsOf(store, client)).length < namedCredentials(client).length) {
    throw managementRefusal(400, 'A credential of client_authentication_methods does not exist.', 'invalid_body');
  }
}
