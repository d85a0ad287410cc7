import * as v from 'valibot';

/** @see management-api, section 1.1 */
export const oauthTokenPath = '/oauth/token';

/** How an application names and authenticates itself in a body. @see RFC 6749, section 2.3.1; RFC 7521, section 4.2 */
const clientMembers = {
  client_id: v.optional(v.string()),
  client_secret: v.optional(v.string()),
  client_assertion: v.optional(v.string()),
  client_assertion_type: v.optional(v.string()),
};

/** The shape of any request in which an application names or authenticates itself. */
export type OauthClientSchema = v.GenericSchema<
  unknown,
  { readonly [Member in keyof typeof clientMembers]?: string | undefined }
>;

/** POST /oauth/token, JSON or form-encoded, with the members of each grant that is served. */
export const oauthTokenRequest = v.looseObject({
  grant_type: v.string(),
  ...clientMembers,
  audience: v.optional(v.string()),
  code: v.optional(v.string()),
  redirect_uri: v.optional(v.string()),
  code_verifier: v.optional(v.string()),
  refresh_token: v.optional(v.string()),
  scope: v.optional(v.string()),
});
export type OauthTokenRequest = v.InferOutput<typeof oauthTokenRequest>;

/** POST /oauth/revoke, JSON or form-encoded. @see RFC 7009, section 2.1 */
export const revocationRequest = v.looseObject({ token: v.string(), ...clientMembers });

/** POST /oauth/par, form-encoded or JSON: the parameters of an authorization request. @see RFC 9126, section 2.1 */
export const pushedRequest = v.record(v.string(), v.string());

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
