import type { JsonObject } from '../wire/schema.ts';
import { type ClientCredentials, sameSecret } from './client-credentials.ts';
import { anonymousTokenRefusal } from './refusal.ts';
import type { TenantScope } from './tenant.ts';

/** The application that asks for guest tokens, once it has shown that it is that one. @throws {Refusal} invalid_client */
export function authenticate(scope: TenantScope, credentials: ClientCredentials): JsonObject {
  const refusal = anonymousTokenRefusal(
    'invalid_client',
    'Client authentication failed.',
    credentials.method === 'client_secret_basic' ? { 'www-authenticate': 'Basic realm="local"' } : {},
  );
  const client = scope.store.get('client', credentials.clientId ?? '');
  if (client === undefined || client.global === true) throw refusal;
  if (credentials.method === undefined && client.token_endpoint_auth_method === 'none') return client;
  // No key can be registered here, so an assertion never matches one.
  if (credentials.method === 'private_key_jwt') throw refusal;
  const required = client.token_endpoint_auth_method ?? credentials.method;
  if (required !== 'none' && required !== credentials.method) throw refusal;
  if (!sameSecret(credentials.secret, client.client_secret)) throw refusal;
  return client;
}
