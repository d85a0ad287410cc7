import { type AnonymousTokenRequest, anonymousTokenRequest } from '../../wire/anonymous-token.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import { type ClientCredentials, CredentialsError, readClientCredentials } from '../clients/authentication.ts';
import { anonymousTokenRefusal, oauthRefusal } from '../http/refusal.ts';
import { BodyError, readBody } from '../http/request-body.ts';

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
    const checked = check(anonymousTokenRequest, known(edition, named));
    if (!checked.ok) throw anonymousTokenRefusal('invalid_request', `${checked.problem}.`);
    return { body: checked.value, credentials: readClientCredentials(authorization, checked.value) };
  } catch (error) {
    if (error instanceof CredentialsError) throw anonymousTokenRefusal('invalid_request', error.message);
    throw error;
  }
}

/** What an edition does not know is ignored, whatever its type. */
function known({ acceptsUserId }: Edition, members: JsonObject): JsonObject {
  if (acceptsUserId || !('user_id' in members)) return members;
  const { user_id: _, ...others } = members;
  return others;
}

/** With HTTP Basic the header names the client and the body need not. */
function basicClientId(authorization: string): string | undefined {
  return readClientCredentials(authorization, {}).clientId;
}
