import type { CheckName } from '../../src/domain/token/check.ts';
import type { Expectations } from '../../src/domain/token/claim-checks.ts';
import { type KeySource, keySourceOf, publicKeys } from '../../src/domain/token/key-source.ts';
import { type Verification, verifyToken } from '../../src/domain/token/verify.ts';
import type { NamedKey } from '../../src/jose/jwk.ts';
import { noon } from './domain.ts';
import { rsa, sign } from './tokens.ts';

/** The claims of a guest's access token at noon of 1 June 2026. */
export const goodClaims = {
  iss: 'https://acme.example/',
  sub: 'anon|6a0e7f5e',
  aud: 'https://api.example',
  iat: noon / 1000,
  exp: noon / 1000 + 3600,
  scope: 'read:catalog write:cart',
};

/** The expectations of a verifier that checks everything. */
export const everything: Expectations = {
  issuer: goodClaims.iss,
  audience: goodClaims.aud,
  scopes: ['read:catalog'],
  guest: true,
};

/** The key set of `acme.example`: RS256 with `rsa`, as key `k1`. */
export const acmeKeys = keysOf({ ...rsa.publicJwk, kid: 'k1', alg: 'RS256' });

export function keysOf(...jwks: readonly object[]): KeySource {
  return keySourceOf(publicKeys(jwks as NamedKey['jwk'][], 'the set'), 'the set');
}

export function goodToken(claims: object = {}, header: object = {}): Promise<string> {
  return sign({ ...goodClaims, ...claims }, rsa.privateKey, { alg: 'RS256', typ: 'JWT', kid: 'k1', ...header });
}

/** Verifies at noon of 1 June 2026. */
export function verify(token: string, expected = everything, keys: KeySource = acmeKeys): Promise<Verification> {
  return verifyToken({ clock: { now: () => noon }, keys }, token, expected);
}

/** The failed checks, each with its detail. */
export function failures(verification: Verification): Partial<Record<CheckName, string>> {
  return checksOf(verification, 'failed');
}

/** The checks that could not be made. */
export function unknowns(verification: Verification): Partial<Record<CheckName, string>> {
  return checksOf(verification, 'not_checked');
}

function checksOf({ checks }: Verification, wanted: string): Partial<Record<CheckName, string>> {
  return Object.fromEntries(checks.filter(({ state }) => state === wanted).map(({ check, detail }) => [check, detail]));
}

export function stateOf({ checks }: Verification, name: CheckName): string | undefined {
  return checks.find(({ check }) => check === name)?.state;
}
