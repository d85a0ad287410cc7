import * as v from 'valibot';
import { bearerToken } from './oauth.ts';
import { plainObject } from './schema.ts';

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
const seconds = v.pipe(
  v.number(),
  v.check((value) => Math.abs(value) <= 1e11, 'must be seconds from now'),
);

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

/** A non-empty string; anything else is undefined. */
const lenientText = v.pipe(
  v.unknown(),
  v.transform((value) => (typeof value === 'string' && value !== '' ? value : undefined)),
);

/** A token that a header can carry; anything else is undefined. */
const lenientToken = v.pipe(
  v.unknown(),
  v.transform((value) => (typeof value === 'string' && bearerToken.test(value) ? value : undefined)),
);

/** Seconds, as a number or a string of digits. */
const lenientSeconds = v.pipe(
  v.unknown(),
  v.transform((value) => {
    const number = typeof value === 'string' && /^\d{1,12}(\.\d+)?$/.test(value) ? Number(value) : value;
    return v.is(seconds, number) ? number : undefined;
  }),
);

/**
 * The same response, read leniently: by then the guest exists, so no token may be lost because another member is missing
 * or has the wrong type. Missing and meaningless members are undefined.
 */
export const givenTokens = v.looseObject({
  session_token: v.optional(lenientText),
  access_token: v.optional(lenientToken),
  token_type: v.optional(lenientText),
  expires_in: v.optional(lenientSeconds),
  session_expires_in: v.optional(lenientSeconds),
  scope: v.optional(lenientText),
});

export type GivenTokens = v.InferOutput<typeof givenTokens>;

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
