import * as v from 'valibot';

/** Clears the cookie and revokes nothing: tokens stay valid until they expire. @see wire contract, section 3 */
export const anonymousLogoutPath = '/anonymous/logout';

/** POST /anonymous/logout, 204 with no body. */
export const anonymousLogoutRequest = v.looseObject({ client_id: v.optional(v.string()) });
