import { type AnonymousTokenRequest, anonymousTokenRequest } from '../../wire/anonymous-token.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import { hasValidAssertion } from '../clients/assertion.ts';
import {
  type ClientCredentials,
  CredentialsError,
  readClientCredentials,
  sameSecret,
} from '../clients/authentication.ts';
import { anonymousTokenRefusal, oauthRefusal, type Refusal } from '../http/refusal.ts';
import { BodyError, readBody } from '../http/request-body.ts';
import type { Moment } from '../scope.ts';
import type { Store } from '../store/store.ts';

/** @throws {Refusal} invalid_request */
export async function readMembers(request: Request): Promise<JsonObject> {
  try {
    return await readBody(request);
  } catch (error) {
    if (error instanceof BodyError) throw oauthRefusal(error.status, 'invalid_request', error.message);
    throw error;
  }
}

export interface ReadRequest {
  readonly body: AnonymousTokenRequest;
  readonly credentials: ClientCredentials;
}

/** @throws {Refusal} invalid_request */
export function readRequest(edition: Edition, members: JsonObject, authorization: string | null): ReadRequest {
  try {
    const named = authorization
      ? { ...members, client_id: members.client_id ?? basicClientId(authorization) }
      : members;
    const checked = check(anonymousTokenRequest, knownMembers(edition, named));
    if (!checked.ok) throw anonymousTokenRefusal('invalid_request', `${checked.problem}.`);
    return { body: checked.value, credentials: readClientCredentials(authorization, checked.value) };
  } catch (error) {
    if (error instanceof CredentialsError) throw anonymousTokenRefusal('invalid_request', error.message);
    throw error;
  }
}

/** An edition ignores the members it does not know, whatever their type. */
function knownMembers({ acceptsUserId }: Edition, members: JsonObject): JsonObject {
  if (acceptsUserId || !('user_id' in members)) return members;
  const { user_id: _, ...others } = members;
  return others;
}

/** With HTTP Basic the header has the client id, and the body may leave it out. */
function basicClientId(authorization: string): string | undefined {
  return readClientCredentials(authorization, {}).clientId;
}

/**
 * Authenticates the application of a request. A secret is accepted in the body and in the header, whichever of the two
 * `token_endpoint_auth_method` is set to. @throws {Refusal} invalid_client
 */
export async function authenticate(
  store: Store,
  moment: Moment,
  credentials: ClientCredentials,
  url: string,
): Promise<JsonObject> {
  const client = await store.get('client', credentials.clientId ?? '');
  if (client === undefined || client.global === true) throw authenticationFailed(credentials);
  if (credentials.assertion || client.client_authentication_methods !== undefined) {
    if (await hasValidAssertion(store, moment, { client, credentials, url })) return client;
    throw authenticationFailed(credentials);
  }
  if (credentials.method === undefined && client.token_endpoint_auth_method === 'none') return client;
  if (!sameSecret(credentials.secret, client.client_secret)) throw authenticationFailed(credentials);
  return client;
}

function authenticationFailed({ method }: ClientCredentials): Refusal {
  const challenge = { 'www-authenticate': 'Basic realm="local"' };
  const headers = method === 'client_secret_basic' ? challenge : {};
  return anonymousTokenRefusal('invalid_client', 'Client authentication failed.', headers);
}
