import { type ErrorCode, ResponseError } from '../../errors.ts';
import { type AnonymousTokenRequest, anonymousTokenPath, anonymousTokenResponse } from '../../wire/anonymous-token.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import type { RequestingApp } from '../app/choose.ts';
import { isTrouble } from '../exchange/pause.ts';
import { metadataSecrets } from '../exchange/secrecy.ts';
import { type Exchange, isMissing, send, unexpectedAnswer } from '../exchange/send.ts';
import { saying, serviceWords } from '../exchange/service-words.ts';
import { missingFeature } from '../gates/missing-feature.ts';
import type { TenantConnection } from '../ports.ts';

/** Both tokens of a guest, as the service hands them out. */
export interface GuestTokens {
  /** Absent where the edition gives none on an update. */
  readonly sessionToken: string | undefined;
  readonly accessToken: string;
  readonly tokenType: string;
  /** Seconds that the access token lives. */
  readonly expiresInSeconds: number;
  /** Seconds that the session has left; undefined where the edition does not tell. */
  readonly sessionExpiresInSeconds: number | undefined;
  /** The granted scopes, space-separated. */
  readonly scope: string | undefined;
}

/** The members of the service's answer, by their names on the wire; what was not answered is left out. */
export function answerMembers(tokens: GuestTokens): JsonObject {
  return {
    ...(tokens.sessionToken !== undefined && { session_token: tokens.sessionToken }),
    access_token: tokens.accessToken,
    token_type: tokens.tokenType,
    expires_in: tokens.expiresInSeconds,
    ...(tokens.sessionExpiresInSeconds !== undefined && { session_expires_in: tokens.sessionExpiresInSeconds }),
    ...(tokens.scope !== undefined && { scope: tokens.scope }),
  };
}

/** A map and not an object: the words come from outside, and `constructor` is one an object knows. */
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
 * POST /anonymous/token, with the secret of `app` where its registered method has it. No error repeats a value of the
 * metadata that is sent, nor of `held`, which the session has already.
 * @throws {ResponseError} the service's own `error` and description
 */
export async function requestTokens(
  tenant: TenantConnection,
  app: RequestingApp,
  members: Members,
  held?: JsonObject,
): Promise<GuestTokens> {
  const { exchange, body } = await askForTokens(tenant, app, members, held);
  const checked = check(anonymousTokenResponse, body);
  if (!checked.ok) throw unexpectedAnswer(exchange, checked.problem);
  const tokens = checked.value;
  return {
    sessionToken: tokens.session_token,
    accessToken: tokens.access_token,
    tokenType: tokens.token_type,
    expiresInSeconds: tokens.expires_in,
    sessionExpiresInSeconds: tokens.session_expires_in,
    scope: tokens.scope ?? members.scope,
  };
}

/** The same, whatever the answer holds when it is no refusal. */
export async function askForTokens(
  tenant: TenantConnection,
  app: RequestingApp,
  members: Members,
  held?: JsonObject,
): Promise<{ exchange: Exchange; body: unknown }> {
  const { clientId, clientSecret, authMethod } = app;
  const basic = authMethod === 'client_secret_basic' && clientSecret !== undefined;
  const body = { client_id: clientId, ...members, ...(!basic && { client_secret: clientSecret }) };
  const authorization = basic ? basicAuthorization(clientId, clientSecret) : undefined;
  const exchange: Exchange = {
    ...{ method: 'POST', path: anonymousTokenPath, body, authorization },
    mayBeMissing: true,
  };
  const answer = await send(tenant, exchange);
  const { status } = answer;
  if (status < 300) return { exchange, body: answer.body };
  const secrets = [clientSecret, members.session_token, ...metadataSecrets([members.metadata, held])];
  const { sent, error, description } = serviceWords(answer, secrets);
  const code = codes.get(sent.error);
  // A word of the protocol is none of the tenant's.
  const isProtocol = code !== undefined || otherErrors.has(sent.error);
  const refused = { status, error: isProtocol ? sent.error : error, description };
  if (code === undefined && isMissing(status)) throw await missingFeature(tenant, exchange, refused);
  throw new ResponseError(code ?? (isTrouble(status) ? 'server_error' : 'failed'), refused, unnamed(refused));
}

/** Where the service has no code of its own its status says all there is. */
function unnamed({ status, error, description }: { status: number; error: string; description: string }) {
  if (error !== `http_${status}`) return {};
  return { message: `The tenant answered POST ${anonymousTokenPath} with ${status}.${saying(description)}` };
}

/** The id and the secret are form-encoded before they are joined. @see RFC 6749, section 2.3.1 */
function basicAuthorization(clientId: string, clientSecret: string): string {
  const joined = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  return `Basic ${Buffer.from(joined).toString('base64')}`;
}
