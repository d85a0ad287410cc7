import * as v from 'valibot';

/** @see management-api, section 1.1 */
export const oauthTokenPath = '/oauth/token';

/** POST /oauth/token with grant_type=client_credentials, JSON or form-encoded. */
export const oauthTokenRequest = v.looseObject({
  grant_type: v.string(),
  client_id: v.optional(v.string()),
  client_secret: v.optional(v.string()),
  client_assertion: v.optional(v.string()),
  client_assertion_type: v.optional(v.string()),
  audience: v.optional(v.string()),
});
export type OauthTokenRequest = v.InferOutput<typeof oauthTokenRequest>;

/** A token that fits into an `Authorization: Bearer` header. @see RFC 6750, section 2.1, which allows even fewer characters */
export const bearerToken = /^[\x21-\x7e]+$/;

/** 200 of POST /oauth/token. `expires_in` is in seconds; `scope` can be absent. */
export const oauthTokenResponse = v.looseObject({
  access_token: v.pipe(v.string(), v.regex(bearerToken, 'must be a token that fits into a header')),
  token_type: v.string(),
  expires_in: v.number(),
  scope: v.optional(v.string()),
});

/** The error body of /oauth/token and /anonymous/token. @see RFC 6749, section 5.2 */
export const oauthError = v.looseObject({
  error: v.string(),
  error_description: v.optional(v.string(), ''),
});

/** The audience of a Management API token: the trailing slash is part of it. */
export function managementAudience(issuer: string): string {
  return `${issuer}api/v2/`;
}
