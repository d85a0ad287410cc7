import * as v from 'valibot';
import { bearerToken } from './oauth.ts';
import { type JsonObject, plainObject } from './schema.ts';

/** @see wire contract, section 2 */
export const anonymousTokenPath = '/anonymous/token';

/** Always accepted as a scope, and grants nothing: the service's own sample requests it. */
export const anonymousScope = 'anon';

/**
 * POST /anonymous/token, JSON or form-encoded. With `session_token` it updates that session (edition
 * `preview`) or renews its access token (`ea`), without it creates one. Unknown members are allowed: the
 * service ignores them.
 */
export const anonymousTokenRequest = v.looseObject({
  client_id: v.pipe(v.string(), v.nonEmpty('must not be empty')),
  client_secret: v.optional(v.string()),
  client_assertion: v.optional(v.string()),
  client_assertion_type: v.optional(v.string()),
  audience: v.optional(v.string()),
  scope: v.optional(v.string()),
  metadata: v.optional(plainObject),
  session_token: v.optional(v.string()),
  user_id: v.optional(
    v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(255, 'must be at most 255 characters')),
  ),
});
export type AnonymousTokenRequest = v.InferOutput<typeof anonymousTokenRequest>;

/** The range that JavaScript dates can represent. */
function areSeconds(value: number): boolean {
  return Math.abs(value) <= 1e11;
}

const seconds = v.pipe(v.number(), v.check(areSeconds, 'must be seconds from now'));

/** 200 of POST /anonymous/token. `expires_in` is in seconds; `scope` is present when it differs from the request. */
export const anonymousTokenResponse = v.looseObject({
  session_token: v.optional(v.string()),
  access_token: v.string(),
  token_type: v.string(),
  expires_in: seconds,
  session_expires_in: v.optional(seconds),
  scope: v.optional(v.string()),
});
export type AnonymousTokenResponse = v.InferOutput<typeof anonymousTokenResponse>;

/** What a response gives: missing and meaningless members are undefined. */
export interface GivenTokens {
  readonly session_token: string | undefined;
  readonly access_token: string | undefined;
  readonly token_type: string | undefined;
  readonly expires_in: number | undefined;
  readonly session_expires_in: number | undefined;
  readonly scope: string | undefined;
}

/**
 * The same response, read leniently: by then the guest exists, so no token may be lost because another member is missing
 * or has the wrong type. Without a schema, which would cost more than all else that is done with an answer.
 */
export function givenTokens(body: JsonObject): GivenTokens {
  return {
    session_token: givenText(body.session_token),
    access_token: givenToken(body.access_token),
    token_type: givenText(body.token_type),
    expires_in: givenSeconds(body.expires_in),
    session_expires_in: givenSeconds(body.session_expires_in),
    scope: givenText(body.scope),
  };
}

function givenText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A token that a header can carry. */
function givenToken(value: unknown): string | undefined {
  return typeof value === 'string' && bearerToken.test(value) ? value : undefined;
}

/** Seconds, as a number or a string of digits. */
function givenSeconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,12}(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && areSeconds(number) ? number : undefined;
}

/** The audience that requests a transfer ticket instead of an access token (edition `ea`). */
export const anonymousTransferAudience = 'urn:auth0:anon_transfer';

/** The lifetime of a transfer ticket. */
export const anonymousTransferLifetimeSeconds = 30;

/** 200 of POST /anonymous/token for a transfer ticket: a JWE, valid once and for 30 seconds. */
export const anonymousTransferResponse = v.looseObject({ anon_transfer_token: v.string() });

/** `error` of a refused request and the HTTP status it comes with. @see wire contract, section 2, "Errors" */
export const anonymousTokenErrors = {
  invalid_request: 400,
  invalid_session_token: 400,
  session_expired: 400,
  invalid_target: 400,
  invalid_scope: 400,
  invalid_client: 401,
  unauthorized_client: 403,
  feature_not_enabled: 403,
  too_many_requests: 429,
  server_error: 500,
} as const;
export type AnonymousTokenError = keyof typeof anonymousTokenErrors;
