// Separate from the claims, whose schema is not needed by commands that only decode.

/** The protected header of a sealed session token, exactly. @see wire contract, section 1 */
export const sealedSessionTokenHeader = { alg: 'dir', enc: 'A256GCM' } as const;

/** `typ` of a session token in the JWT format, so that it can never pass as an access token. Assumed. */
export const sessionTokenType = 'anon-session+jwt';

/** The prefix that today's `ea` tenants put before a sealed session token. */
export const sessionTokenPrefix = 'ANONYMOUS_SESSION_';
