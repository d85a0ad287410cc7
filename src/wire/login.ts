/** The authorization endpoint. @see OpenID Connect Core, section 3.1.2 */
export const authorizePath = '/authorize';
/** Where authorization requests are pushed. @see RFC 9126 */
export const pushedRequestPath = '/oauth/par';
/** @see OpenID Connect Core, section 5.3 */
export const userinfoPath = '/userinfo';
/** @see RFC 7009 */
export const revocationPath = '/oauth/revoke';
/** The service's own logout: `client_id` and `returnTo`. */
export const logoutPath = '/v2/logout';
/** @see OpenID Connect RP-Initiated Logout, section 2 */
export const endSessionPath = '/oidc/logout';

/** The connection that holds a tenant's users with a password. */
export const databaseConnection = 'Username-Password-Authentication';
