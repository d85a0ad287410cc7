import * as v from 'valibot';
import { plainObject } from './schema.ts';

/**
 * The claims of a session token, sealed or signed. `created_at` is ISO 8601 (edition `preview`) or epoch
 * seconds (`ea`), `iat` and `exp` are epoch seconds; no `exp` means that the session never expires.
 */
export const sessionTokenClaims = v.looseObject({
  iss: v.string(),
  client_id: v.string(),
  user_id: v.string(),
  session_id: v.string(),
  created_at: v.union([v.string(), v.number()]),
  metadata: plainObject,
  iat: v.number(),
  exp: v.optional(v.number()),
});
export type SessionTokenClaims = v.InferOutput<typeof sessionTokenClaims>;

/** What a ticket that carries a session into a login has inside. `iat` and `exp` are epoch seconds. */
export const transferTicketClaims = v.looseObject({
  iss: v.string(),
  client_id: v.string(),
  jti: v.string(),
  exp: v.number(),
  session: sessionTokenClaims,
});
