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

/** The scopes that belong to no API. @see OpenID Connect Core, sections 5.4 and 11 */
export const identityScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'] as const;

/**
 * The claims about a user that each scope shows. `updated_at` is ISO 8601, as in the service.
 * @see OpenID Connect Core, section 5.4; https://auth0.com/docs/get-started/apis/scopes/openid-connect-scopes
 */
export const userClaimsByScope: Readonly<Record<string, readonly string[]>> = {
  profile: ['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'picture', 'updated_at'],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

export const userClaimNames: readonly string[] = Object.values(userClaimsByScope).flat();
