import type { OauthClientSchema } from '../../wire/oauth.ts';
import { check, type Read } from '../../wire/schema.ts';
import { oauthRefusal } from '../http/refusal.ts';
import { readOauthBody } from '../http/request-body.ts';
import { type ClientCredentials, CredentialsError, readClientCredentials } from './authentication.ts';

/** Reads a request of an application: its body, JSON or a form, and its credentials. @throws {Refusal} invalid_request */
export async function readOauthRequest<const S extends OauthClientSchema>(
  schema: S,
  raw: Request,
): Promise<{ request: Read<S>; credentials: ClientCredentials }> {
  const checked = check(schema, await readOauthBody(raw));
  if (!checked.ok) throw oauthRefusal(400, 'invalid_request', `${checked.problem}.`);
  try {
    return {
      request: checked.value,
      credentials: readClientCredentials(raw.headers.get('authorization'), checked.value),
    };
  } catch (error) {
    if (error instanceof CredentialsError) throw oauthRefusal(400, 'invalid_request', error.message);
    throw error;
  }
}
