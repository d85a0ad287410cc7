import type { JsonObject } from '../../wire/schema.ts';
import type { Authorization, CustomClaims } from './authorization.ts';

/** An authorization as the documents of codes and refresh tokens have it. */
export function savedAuthorization(authorization: Authorization): JsonObject {
  const { audience, nonce, claims } = authorization;
  return {
    client_id: authorization.clientId,
    user_id: authorization.userId,
    session_id: authorization.sessionId,
    scope: [...authorization.scope],
    ...(audience !== undefined && { audience }),
    ...(nonce !== undefined && { nonce }),
    auth_time: authorization.authTimeSeconds,
    shows_auth_time: authorization.showsAuthTime,
    claims,
  };
}

export function readAuthorization(document: JsonObject): Authorization {
  return {
    clientId: String(document.client_id),
    userId: String(document.user_id),
    sessionId: String(document.session_id),
    scope: document.scope as readonly string[],
    audience: document.audience as string | undefined,
    nonce: document.nonce as string | undefined,
    authTimeSeconds: Number(document.auth_time),
    showsAuthTime: document.shows_auth_time === true,
    claims: document.claims as CustomClaims,
  };
}
