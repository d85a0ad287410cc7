import { AnonError, type ErrorCode, ResponseError } from '../../errors.ts';
import {
  type AnonymousTokenRequest,
  anonymousTokenPath,
  anonymousTokenResponse,
  type GivenTokens,
  givenTokens,
} from '../../wire/anonymous-token.ts';
import { check, isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { RequestingApp } from '../app/find.ts';
import { isMissing, unexpectedAnswer } from '../exchange/answer.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { quotedReason, readErrorBody } from '../exchange/error-body.ts';
import type { Exchange } from '../exchange/http.ts';
import { secretForms } from '../exchange/redact.ts';
import { isTransientFailure } from '../exchange/retry.ts';
import { secretsIn, send } from '../exchange/send.ts';
import { missingFeature } from './missing-feature.ts';

/** Both tokens of a guest, as the service gave them. Their form is not checked. */
export interface GuestTokens {
  /** Absent where the edition gives none on an update. */
  readonly sessionToken: string | undefined;
  /** Empty where the service gave only a session token: {@link checkComplete}. */
  readonly accessToken: string;
  /** `Bearer` where the service does not report it. */
  readonly tokenType: string;
  /** Lifetime of the access token; undefined where the service does not report it. */
  readonly expiresInSeconds: number | undefined;
  /** Remaining lifetime of the session; undefined where the edition does not report it. */
  readonly sessionExpiresInSeconds: number | undefined;
  /** The granted scopes, space-separated. */
  readonly scope: string | undefined;
  /** What is wrong with the answer: `access_token is required`. */
  readonly problem?: string | undefined;
}

/** The members of the service's answer by their names on the wire; missing members are left out. */
export function answerMembers(tokens: GuestTokens): JsonObject {
  const members: JsonObject = {};
  if (tokens.sessionToken !== undefined) members.session_token = tokens.sessionToken;
  if (tokens.accessToken !== '') members.access_token = tokens.accessToken;
  members.token_type = tokens.tokenType;
  if (tokens.expiresInSeconds !== undefined) members.expires_in = tokens.expiresInSeconds;
  if (tokens.sessionExpiresInSeconds !== undefined) members.session_expires_in = tokens.sessionExpiresInSeconds;
  if (tokens.scope !== undefined) members.scope = tokens.scope;
  return members;
}

/** A map, not an object: the words come from outside, and an object has members such as `constructor`. */
const codes = new Map<string, ErrorCode>([
  ['invalid_session_token', 'token_unacceptable'],
  ['session_expired', 'token_unacceptable'],
  ['invalid_target', 'gate_closed'],
  ['invalid_scope', 'gate_closed'],
  ['unauthorized_client', 'gate_closed'],
  ['feature_not_enabled', 'gate_closed'],
  ['invalid_client', 'not_authorised'],
  ['server_error', 'server_error'],
]);

const otherErrors = new Set(['invalid_request', 'invalid_response', 'too_many_requests']);

type Members = Pick<AnonymousTokenRequest, 'audience' | 'scope' | 'metadata' | 'session_token' | 'user_id'>;

/**
 * POST /anonymous/token, with the secret of `app` sent by its registered method. No error repeats a value of the
 * metadata that is sent, or of `held`, the session's existing metadata.
 * @throws {ResponseError} the service's own `error` and description
 */
export async function requestTokens(
  tenant: TenantConnection,
  app: RequestingApp,
  members: Members,
  held?: JsonObject,
): Promise<GuestTokens> {
  const { exchange, body } = await askForTokens(tenant, app, members, held);
  if (!isJsonObject(body)) throw unexpectedAnswer(exchange, 'it is not an object');
  const tokens = givenTokens(body);
  // Without a session token no guest can be lost.
  if (tokens.session_token === undefined) {
    const asSent = { ...body, ...(tokens.expires_in !== undefined && { expires_in: tokens.expires_in }) };
    const strict = check(anonymousTokenResponse, asSent);
    if (!strict.ok) throw unexpectedAnswer(exchange, strict.problem);
  }
  return {
    sessionToken: tokens.session_token,
    accessToken: tokens.access_token ?? '',
    tokenType: tokens.token_type ?? 'Bearer',
    expiresInSeconds: tokens.expires_in,
    sessionExpiresInSeconds: tokens.session_expires_in,
    scope: tokens.scope ?? members.scope,
    problem: problemOf(body, tokens),
  };
}

function problemOf(body: JsonObject, tokens: GivenTokens): string | undefined {
  if (tokens.access_token === undefined) {
    const { access_token: given } = body;
    if (typeof given === 'string' && given !== '') return 'access_token must be a token that fits into a header';
    return `access_token ${given === undefined ? 'is required' : 'must be a non-empty string'}`;
  }
  const times = ['expires_in', 'session_expires_in'] as const;
  const invalid = times.find((name) => body[name] !== undefined && body[name] !== null && tokens[name] === undefined);
  return invalid && `${invalid} must be a number of seconds`;
}

/**
 * Call it once the tokens are safe: they may be the only trace of a guest.
 * @throws {AnonError} `response_invalid` where the answer has no access token, or a lifetime that makes no sense
 */
export function checkComplete(
  { problem }: Pick<GuestTokens, 'problem'>,
  hint = 'The answer has a session token. To get an access token with it: anon-cli token renew',
): void {
  if (problem === undefined) return;
  throw new AnonError('response_invalid', `The tenant's answer is invalid: ${problem}.`, { hint });
}

/** Sends the request and returns an answer of any shape. */
export async function askForTokens(
  tenant: TenantConnection,
  app: RequestingApp,
  members: Members,
  held?: JsonObject,
): Promise<{ exchange: Exchange; body: unknown }> {
  const { clientId, clientSecret, authMethod } = app;
  const basic = authMethod === 'client_secret_basic' && clientSecret !== undefined;
  const body = { client_id: clientId, ...members, client_secret: basic ? undefined : clientSecret };
  const authorization = basic ? basicAuthorization(clientId, clientSecret) : undefined;
  const exchange: Exchange = {
    ...{ method: 'POST', path: anonymousTokenPath, body, authorization },
    mayBeMissing: true,
  };
  const answer = await send(tenant, exchange);
  const { status } = answer;
  if (status < 300) return { exchange, body: answer.body };
  const secrets = [...secretsIn(exchange), ...secretForms([clientSecret, held])];
  const { sent, error, description } = readErrorBody(answer, secrets);
  // No refusal has the status of a failure, whatever its words.
  const code = isTransientFailure(status) ? 'server_error' : codes.get(sent.error);
  // Error codes of the protocol are not the tenant's own words.
  const isProtocol = codes.has(sent.error) || otherErrors.has(sent.error);
  const refused = { status, error: isProtocol ? sent.error : error, description };
  if (code === undefined && isMissing(status)) throw await missingFeature(tenant, exchange, refused);
  throw new ResponseError(code ?? 'failed', refused, unnamed(refused));
}

/** The message where the service gives no error code. */
function unnamed({ status, error, description }: { status: number; error: string; description: string }) {
  if (error !== `http_${status}`) return {};
  return { message: `The tenant answered POST ${anonymousTokenPath} with ${status}.${quotedReason(description)}` };
}

/** The id and the secret are form-encoded before they are joined. @see RFC 6749, section 2.3.1 */
function basicAuthorization(clientId: string, clientSecret: string): string {
  const joined = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  return `Basic ${Buffer.from(joined).toString('base64')}`;
}
