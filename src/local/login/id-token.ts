import { createHash } from 'node:crypto';
import type { JsonObject } from '../../wire/schema.ts';
import type { Moment } from '../scope.ts';
import { signToken } from '../tokens/signed-token.ts';
import type { Authorization } from './authorization.ts';
import { customClaims, userClaims } from './user-claims.ts';

/** In seconds, as in the service. */
const defaultLifetimeSeconds = 36_000;

interface IdTokenContents {
  readonly client: JsonObject;
  readonly user: JsonObject;
  readonly authorization: Authorization;
  /** Given to the application together with the token: the token then has their hashes. */
  readonly code?: string | undefined;
  readonly accessToken?: string | undefined;
}

/**
 * An ID token, RS256. Assumed: an application that is set to HS256 gets RS256 too. @see OpenID Connect Core, sections 2,
 * 3.1.3.6 and 3.3.2.11
 */
export function signIdToken({ keys, issuer, nowSeconds }: Moment, contents: IdTokenContents): Promise<string> {
  const { client, user, authorization, code, accessToken } = contents;
  const { lifetime_in_seconds: lifetime } = (client.jwt_configuration ?? {}) as JsonObject;
  return signToken(keys, 'JWT', {
    ...userClaims(user, authorization.scope),
    ...customClaims(authorization.claims.idToken),
    iss: issuer,
    sub: authorization.userId,
    aud: authorization.clientId,
    iat: nowSeconds,
    exp: nowSeconds + (typeof lifetime === 'number' ? lifetime : defaultLifetimeSeconds),
    sid: authorization.sessionId,
    nonce: authorization.nonce,
    auth_time: authorization.showsAuthTime ? authorization.authTimeSeconds : undefined,
    at_hash: accessToken && halfHash(accessToken),
    c_hash: code && halfHash(code),
  });
}

/** The left half of a SHA-256 hash, in base64url. */
function halfHash(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}
