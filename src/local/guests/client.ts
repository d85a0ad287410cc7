import type { JsonObject } from '../../wire/schema.ts';
import { provesKey } from '../clients/assertion.ts';
import { type ClientCredentials, sameSecret } from '../clients/authentication.ts';
import { anonymousTokenRefusal, type Refusal } from '../http/refusal.ts';
import type { TenantScope } from '../scope.ts';

/**
 * The application that asks for guest tokens, once it has shown that it is that one. A secret is good in the body and in
 * the header, whichever of the two `token_endpoint_auth_method` names. @throws {Refusal} invalid_client
 */
export async function authenticate(
  scope: TenantScope,
  credentials: ClientCredentials,
  url: string,
): Promise<JsonObject> {
  const client = scope.store.get('client', credentials.clientId ?? '');
  if (client === undefined || client.global === true) throw unknown(credentials);
  if (credentials.assertion || client.client_authentication_methods !== undefined) {
    if (await provesKey(scope, { client, credentials, url })) return client;
    throw unknown(credentials);
  }
  if (credentials.method === undefined && client.token_endpoint_auth_method === 'none') return client;
  if (!sameSecret(credentials.secret, client.client_secret)) throw unknown(credentials);
  return client;
}

function unknown({ method }: ClientCredentials): Refusal {
  const challenge = { 'www-authenticate': 'Basic realm="local"' };
  const headers = method === 'client_secret_basic' ? challenge : {};
  return anonymousTokenRefusal('invalid_client', 'Client authentication failed.', headers);
}
