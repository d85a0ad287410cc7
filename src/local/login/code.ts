import { createHash } from 'node:crypto';
import type { JsonObject } from '../../wire/schema.ts';
import { sameSecret } from '../clients/authentication.ts';
import { oauthRefusal, type Refusal } from '../http/refusal.ts';
import { randomToken } from '../random.ts';
import type { Moment, TenantScope } from '../scope.ts';
import type { StoreWriter } from '../store/store.ts';
import { findActiveUser } from './active-user.ts';
import type { Authorization } from './authorization.ts';
import { readAuthorization, savedAuthorization } from './saved-authorization.ts';

/** What binds a code to whoever began the login. @see RFC 7636, section 4.3 */
export interface CodeChallenge {
  readonly value: string;
  readonly method: 'S256' | 'plain';
}

/** 43 to 128 unreserved characters, also of a challenge. @see RFC 7636, sections 4.1 and 4.2 */
function isVerifier(text: string): boolean {
  return /^[\w.~-]{43,128}$/.test(text);
}

/**
 * Whether a verifier belongs to a code's challenge. A challenge needs a verifier, and a verifier a challenge: otherwise
 * an attacker could remove the challenge from an authorization request. @see RFC 9700, section 2.1.1
 */
export function isVerified(challenge: CodeChallenge | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined || verifier === undefined) return challenge === verifier;
  const answer = challenge.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return sameSecret(answer, challenge.value);
}

/** Assumed: how long a code may be redeemed. RFC 6749 recommends at most ten minutes. */
const lifetimeSeconds = 60;

interface NewCode {
  readonly authorization: Authorization;
  /** Where the code is sent. */
  readonly redirectUri: string;
  /** Whether the authorization request left `redirect_uri` out, so that the token request may do so too. */
  readonly mayOmitRedirectUri?: boolean | undefined;
  readonly codeChallenge?: CodeChallenge | undefined;
}

/** A new authorization code, and the document to save for it, which has only its hash. */
export function newCode(
  { random }: TenantScope,
  { nowSeconds }: Moment,
  code: NewCode,
): { readonly text: string; readonly document: JsonObject } {
  const text = randomToken(random, 32);
  const document = {
    id: idOf(text),
    ...savedAuthorization(code.authorization),
    redirect_uri: code.redirectUri,
    may_omit_redirect_uri: code.mayOmitRedirectUri === true,
    ...(code.codeChallenge && { code_challenge: { ...code.codeChallenge } }),
    expires_at: nowSeconds + lifetimeSeconds,
  };
  return { text, document };
}

export function putCode(writer: StoreWriter, document: JsonObject): void {
  writer.put('authorization_code', String(document.id), document);
}

export interface CodeAttempt {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string | undefined;
  readonly codeVerifier: string | undefined;
}

export interface RedeemedCode<Issued> {
  readonly authorization: Authorization;
  readonly user: JsonObject;
  readonly issued: Issued;
}

/** What is saved when a code is redeemed. `id` is the refresh token's, which a second use of the code revokes. */
export type Issue<Issued> = (writer: StoreWriter, authorization: Authorization, id: string) => Issued;

/**
 * Redeems a code, once in all processes; a second use revokes the refresh token that the first one got. Assumed: an attempt
 * with a wrong application, redirect URI or verifier leaves the code usable, so that whoever saw a code cannot spend it.
 * @see RFC 6749, section 4.1.2; RFC 7636, section 4.6
 * @throws {Refusal} invalid_grant, or invalid_request for a malformed verifier
 */
export async function redeemCode<Issued>(
  { store, random }: TenantScope,
  { nowSeconds }: Moment,
  attempt: CodeAttempt,
  issue: Issue<Issued>,
): Promise<RedeemedCode<Issued>> {
  if (attempt.codeVerifier !== undefined && !isVerifier(attempt.codeVerifier)) throw malformedVerifier();
  const id = idOf(attempt.code);
  const refreshTokenId = randomToken(random, 16);
  const outcome = await store.write(async (writer) => {
    const document = await writer.get('authorization_code', id);
    if (document?.client_id !== attempt.clientId || !document) return undefined;
    if (document.refresh_token_id !== undefined) {
      writer.remove('refresh_token', String(document.refresh_token_id));
      return undefined;
    }
    if (Number(document.expires_at) <= nowSeconds) return undefined;
    checkBinding(document, attempt);
    const authorization = readAuthorization(document);
    const user = await findActiveUser(writer, authorization.userId);
    if (!user) return undefined;
    writer.put('authorization_code', id, { ...document, refresh_token_id: refreshTokenId });
    return { authorization, user, issued: issue(writer, authorization, refreshTokenId) };
  });
  if (!outcome) throw invalidGrant('Invalid authorization code');
  return outcome;
}

/** @throws {Refusal} invalid_grant */
function checkBinding(document: JsonObject, { redirectUri, codeVerifier }: CodeAttempt): void {
  const expected = String(document.redirect_uri);
  const isOmitted = redirectUri === undefined && document.may_omit_redirect_uri === true;
  if (redirectUri !== expected && !isOmitted) {
    throw invalidGrant(`The redirect URI is wrong. You sent ${redirectUri ?? 'none'}, and we expected ${expected}`);
  }
  if (!isVerified(document.code_challenge as CodeChallenge | undefined, codeVerifier)) {
    throw invalidGrant('Failed to verify code verifier');
  }
}

/** Assumed: the wording. */
function malformedVerifier(): Refusal {
  const description = "code_verifier must have 43 to 128 characters: letters, digits, '-', '.', '_' and '~'.";
  return oauthRefusal(400, 'invalid_request', description);
}

/** @see management-api, section 1.2, for the status */
function invalidGrant(description: string): Refusal {
  return oauthRefusal(403, 'invalid_grant', description);
}

function idOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url');
}
