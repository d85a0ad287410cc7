import { createHash, randomBytes } from 'node:crypto';
import { AnonError, ResponseError, reworded } from '../../errors.ts';
import {
  anonymousTransferAudience,
  anonymousTransferLifetimeSeconds,
  anonymousTransferResponse,
} from '../../wire/anonymous-token.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import { parseUrl } from '../../wire/url.ts';
import type { RequestedApi } from '../api/find.ts';
import type { RequestingApp } from '../app/find.ts';
import { unexpectedAnswer } from '../exchange/answer.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { quotedReason } from '../exchange/error-body.ts';
import { noTickets } from './edition-limits.ts';
import { askForTokens } from './request-tokens.ts';
import type { ExplainRefusal } from './token-request.ts';

/** Carries a guest's session into a login, once. */
export interface TransferTicket {
  readonly ticket: string;
  readonly expiresInSeconds: number;
  /** Milliseconds since 1970. */
  readonly endsAtMs: number;
}

/**
 * Requests a transfer ticket for a session; call `checkTransfer` before.
 * @throws {AnonError} `edition_unsupported` where the tenant has no tickets; {ResponseError} when it refuses
 */
export async function requestTransferTicket(
  tenant: TenantConnection,
  {
    app,
    sessionToken,
    heldMetadata,
  }: { app: RequestingApp; sessionToken: string; heldMetadata?: JsonObject | undefined },
  explain: ExplainRefusal,
): Promise<TransferTicket> {
  const askedAtMs = tenant.clock.now();
  const members = { audience: anonymousTransferAudience, session_token: sessionToken };
  const { exchange, body } = await askForTokens(tenant, app, members, heldMetadata).catch(async (error: unknown) => {
    throw error instanceof ResponseError ? await explained(tenant, app, error, explain) : error;
  });
  const checked = check(anonymousTransferResponse, body);
  if (!checked.ok) throw unexpectedAnswer(exchange, checked.problem);
  return {
    ticket: checked.value.anon_transfer_token,
    expiresInSeconds: anonymousTransferLifetimeSeconds,
    endsAtMs: askedAtMs + anonymousTransferLifetimeSeconds * 1000,
  };
}

/** A tenant without tickets, whose edition is unknown, reports the audience as an unknown API. */
async function explained(
  tenant: TenantConnection,
  app: RequestingApp,
  refusal: ResponseError,
  explain: ExplainRefusal,
): Promise<AnonError> {
  if (refusal.error === 'invalid_target') return withServiceWords(noTickets('preview'), refusal.description);
  const api: RequestedApi = { audience: anonymousTransferAudience, name: anonymousTransferAudience };
  return explain(tenant, refusal, { app, api, scope: undefined });
}

/** Our error for a refusal, with the service's own words. */
function withServiceWords(error: AnonError, description: string): AnonError {
  return reworded(error, { message: `${error.message}${quotedReason(description)}` });
}

/** A login that continues a guest's session. */
export interface AuthorizeRequest {
  /** Where requests go, without a trailing slash. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Space-separated. */
  readonly scope: string;
  readonly ticket: string;
  /** With a code challenge. @see RFC 7636 */
  readonly pkce: boolean;
}

export interface AuthorizeUrl {
  readonly url: string;
  /** To compare with the value at the redirect URI. */
  readonly state: string;
  /** To compare with the value in the ID token. */
  readonly nonce: string;
  /** To send when the code is exchanged; undefined without PKCE. */
  readonly codeVerifier: string | undefined;
}

/** The URL to open in a browser, with a state, a nonce and a code verifier of its own. @see wire contract, section 5 */
export function authorizeUrl({ baseUrl, ticket, pkce, ...request }: AuthorizeRequest): AuthorizeUrl {
  const [state, nonce] = [random(16), random(16)];
  const codeVerifier = pkce ? random(32) : undefined;
  const url = new URL(`${baseUrl}/authorize`);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    scope: request.scope,
    state,
    nonce,
    ...(codeVerifier !== undefined && { code_challenge: challengeOf(codeVerifier), code_challenge_method: 'S256' }),
    anon_transfer_token: ticket,
  }).toString();
  return { url: url.href, state, nonce, codeVerifier };
}

/** @throws {AnonError} `usage` for a relative URI or one with a fragment. @see RFC 6749, section 3.1.2 */
export function checkRedirectUri(uri: string): void {
  const shown = uri.slice(0, 60);
  if (!parseUrl(uri)) {
    throw new AnonError('usage', `'${shown}' is not a redirect URI.`, {
      hint: "Use one of the application's allowed callback URLs. Example: http://localhost:3000/callback",
    });
  }
  if (uri.includes('#')) throw new AnonError('usage', `A redirect URI can't have a fragment: '${shown}'.`);
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
