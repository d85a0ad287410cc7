import type { JsonObject } from '../../wire/schema.ts';
import type { Moment } from '../scope.ts';
import type { Store } from '../store/store.ts';
import { assertedClientId, hasValidAssertion } from './assertion.ts';
import { type ClientCredentials, sameSecret } from './authentication.ts';

interface Attempt {
  readonly credentials: ClientCredentials;
  /** The URL of the request. */
  readonly url: string;
  /** Whether a public application may only name itself. */
  readonly allowsPublic: boolean;
}

/**
 * The application of a request, if it has proved who it is. A secret is accepted in the body and in the header, whichever of
 * the two `token_endpoint_auth_method` is set to. Assumed: a public application that sends a secret must send its own.
 */
export async function authenticClient(
  store: Store,
  moment: Moment,
  { credentials, url, allowsPublic }: Attempt,
): Promise<JsonObject | undefined> {
  const clientId = credentials.clientId ?? assertedClientId(credentials.assertion);
  const client = await store.get('client', clientId ?? '');
  if (!client) return undefined;
  // An application that authenticates with keys can no longer use its secret.
  if (credentials.assertion || client.client_authentication_methods !== undefined) {
    return (await hasValidAssertion(store, moment, { client, credentials, url })) ? client : undefined;
  }
  const isPublic = client.token_endpoint_auth_method === 'none' && client.global !== true;
  if (allowsPublic && isPublic && credentials.secret === undefined) return client;
  return sameSecret(credentials.secret, client.client_secret) ? client : undefined;
}
