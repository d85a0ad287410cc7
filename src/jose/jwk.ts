import { jwks } from '../wire/discovery.ts';
import { type Checked, check } from '../wire/schema.ts';

/** A JSON Web Key, private or public, its members not checked. @see RFC 7517, section 4 */
export type Jwk = Readonly<Record<string, unknown>>;

/** A key that a token may be checked against or decrypted with, and what to call it. */
export interface NamedKey {
  readonly name: string;
  readonly jwk: Jwk;
  /** The user gave the key for this: its `use` and `key_ops` don't matter. */
  readonly anyUse?: true;
}

/**
 * The keys of a JWK Set, or the one key where it is a JWK: every key there is. What is no key among them is passed over, and
 * what is not known of a key stays in it. Those whose members stand in their certificate alone are still to be read from it:
 * {@link readCertificates}.
 * @see RFC 7517, sections 4 and 5
 */
export function readKeySet(value: unknown): Checked<readonly Jwk[]> {
  const checked = check(jwks, value);
  return checked.ok ? { ok: true, value: checked.value.keys } : checked;
}

/** The same keys with the members that stand in certificates. What reads those is loaded where there is one. */
export async function readCertificates(keys: readonly Jwk[]): Promise<readonly Jwk[]> {
  if (!keys.some(isInCertificate)) return keys;
  const { withCertificateKey } = await import('./certificate.ts');
  return keys.map(withCertificateKey);
}

/** A key of which nothing but its certificate is there. @see RFC 7517, section 4.7 */
export function isInCertificate({ x5c, n, x, k }: Jwk): boolean {
  return Array.isArray(x5c) && [n, x, k].every((member) => member === undefined);
}
