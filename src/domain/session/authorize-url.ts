import { createHash, randomBytes } from 'node:crypto';
import { AnonError } from '../../errors.ts';

/** A request for a login that takes a guest along. */
export interface AuthorizeRequest {
  /** Where the tenant is reached, without a slash at the end. */
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
  /** To compare with what comes back to the redirect URI. */
  readonly state: string;
  /** To compare with the ID token's. */
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

/** @throws {AnonError} `usage` when it is no absolute URI, or has a fragment. @see RFC 6749, section 3.1.2 */
export function checkRedirectUri(uri: string): void {
  const shown = uri.slice(0, 60);
  if (!URL.canParse(uri)) {
    throw new AnonError('usage', `'${shown}' is not a redirect URI.`, {
      hint: 'Such as http://localhost:3000/callback, as it is in the allowed callback URLs of the application.',
    });
  }
  if (uri.includes('#')) throw new AnonError('usage', `A redirect URI has no fragment, and '${shown}' has one.`);
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
