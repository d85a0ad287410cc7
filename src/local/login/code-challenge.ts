import { createHash } from 'node:crypto';
import { sameSecret } from '../clients/authentication.ts';

/** What binds a code to whoever began the login. @see RFC 7636, section 4.3 */
export interface CodeChallenge {
  readonly value: string;
  readonly method: 'S256' | 'plain';
}

/** 43 to 128 unreserved characters, also of a challenge. @see RFC 7636, sections 4.1 and 4.2 */
export function isVerifier(text: string): boolean {
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
