import type { JsonObject } from '../wire/schema.ts';
import { type ClientCredentials, sameSecret } from './client-credentials.ts';
import { anonymousTokenRefusal, type Refusal } from './refusal.ts';
import type { TenantScope } from './tenant.ts';

/** The application that asks for guest tokens, once it has shown that it is that one. @throws {Refusal} invalid_client */
export function authenticate(scope: TenantScope, credentials: ClientCredentials): JsonObject {
  const client = scope.store.get('client', credentials.clientId ?? '');
  if (client === undefined || client.global === true) throw unknown(credentials);
  if (credentials.method === undefined && client.token_endpoint_auth_method === 'none') return client;
  // No key can be registered here, so an assertion never matches one.
  if (credentials.method === 'private_key_jwt') throw unknown(credentials);
  const required = client.token_endpoint_auth_method ?? credentials.method;
  if (required !== 'none' && required !== credentials.method) throw unknown(credentials);
  if (!sameSecret(credentials.secret, client.client_secret)) throw unknown(credentials);
  return client;
}

function unknown({ method }: ClientCredentials): Refusal {
  const challenge = { 'www-authenticate': 'Basic realm="local"' };
  const headers = method === 'client_secret_basic' ? challenge : {};
  return anonymousTokenRefusal('invalid_client', 'Client authentication failed.', headers);
}
