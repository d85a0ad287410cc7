import { createPrivateKey, sign } from 'node:crypto';
import { otherTenantKeys } from '../local.ts';

/** A token that cannot be decoded. */
export function opaque(token: string): string {
  return `opaque${Buffer.from(token.slice(-60)).toString('hex')}`;
}

/** The same claims without a signature. A token that is not a JWT stays unchanged. */
export function unsigned(token: string): string {
  return remade(token, (header, claims) => `${part({ ...header, alg: 'none' })}.${part(claims)}.`);
}

/** The same claims and key id, signed with another tenant's key. */
export function signedByAnother(token: string): string {
  return remade(token, signed);
}

export function ofAnotherIssuer(token: string): string {
  return remade(token, (header, claims) =>
    signed(header, { ...claims, iss: 'https://elsewhere.example/', aud: 'urn:elsewhere' }),
  );
}

/** Claims nested so deeply that recursion overflows the stack. */
export function ofDeepClaims(token: string): string {
  const deep = `{"iss":"x","sub":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  return remade(token, (header) => `${part(header)}.${Buffer.from(deep).toString('base64url')}.c2lnbmF0dXJl`);
}

function remade(token: string, make: (header: object, claims: object) => string): string {
  const parts = token.split('.');
  if (parts.length !== 3) return token;
  const [header, claims] = parts.slice(0, 2).map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()));
  return make(header, claims);
}

const key = createPrivateKey({ key: { ...otherTenantKeys.signing.jwk }, format: 'jwk' });

function signed(header: object, claims: object): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
