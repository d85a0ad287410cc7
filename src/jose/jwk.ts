import { jwks } from '../wire/discovery.ts';
import { type Checked, check } from '../wire/schema.ts';

/** A JSON Web Key, private or public, its members not checked. @see RFC 7517, section 4 */
export type Jwk = Readonly<Record<string, unknown>>;

/** A key that a token may be checked against or decrypted with, and what to call it. */
export interface NamedKey {
  readonly name: string;
  readonly jwk: Jwk;
  /** The user gave the key for this purpose: its `use` and `key_ops` don't matter. */
  readonly anyUse?: true;
}

/**
 * The keys of a JWK Set, or the one key of a JWK. Entries that are not keys are skipped, and unknown members are left in.
 * Keys that are only a certificate are completed by {@link readCertificates}.
 * @see RFC 7517, sections 4 and 5
 */
export function readKeySet(value: unknown): Checked<readonly Jwk[]> {
  const checked = check(jwks, value);
  return checked.ok ? { ok: true, value: checked.value.keys } : checked;
}

/** The same keys, completed from their certificates. The code that reads those is loaded only when needed. */
export async function readCertificates(keys: readonly Jwk[]): Promise<readonly Jwk[]> {
  if (!keys.some(isInCertificate)) return keys;
  const { withCertificateKey } = await import('./certificate.ts');
  return keys.map(withCertificateKey);
}

/** A key that is only a certificate. @see RFC 7517, section 4.7 */
export function isInCertificate({ x5c, n, x, k }: Jwk): boolean {
  return Array.isArray(x5c) && [n, x, k].every((member) => member === undefined);
}
