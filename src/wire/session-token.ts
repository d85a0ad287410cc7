import * as v from 'valibot';
import { plainObject } from './schema.ts';

/** The protected header of a sealed session token, exactly. @see wire contract, section 1 */
export const sealedSessionTokenHeader = { alg: 'dir', enc: 'A256GCM' } as const;

/** `typ` of a session token in the JWT format, so that it can never pass as an access token. Assumed. */
export const sessionTokenType = 'anon-session+jwt';

/** What today's `ea` tenants put before a sealed session token. */
export const sessionTokenPrefix = 'ANONYMOUS_SESSION_';

/**
 * The claims of a session token (edition `preview`), sealed or signed. `created_at` is ISO 8601, `iat`
 * and `exp` are epoch seconds; no `exp` means that the session never expires.
 */
export const sessionTokenClaims = v.looseObject({
  iss: v.string(),
  client_id: v.string(),
  user_id: v.string(),
  session_id: v.string(),
  created_at: v.string(),
  metadata: plainObject,
  iat: v.number(),
  exp: v.optional(v.number()),
});
export type SessionTokenClaims = v.InferOutput<typeof sessionTokenClaims>;
