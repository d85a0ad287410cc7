import { jwks } from '../../wire/discovery.ts';
import { type Checked, check } from '../../wire/schema.ts';

type Jwk = Readonly<Record<string, unknown>>;

/**
 * The keys of a JWK Set, or the one key where it is a JWK: every key there is, with those whose members stand in their
 * certificate alone read from it. What is no key among them is passed over, and what is not known of a key stays in it.
 * @see RFC 7517, sections 4 and 5
 */
export async function readKeySet(value: unknown): Promise<Checked<readonly Jwk[]>> {
  const checked = check(jwks, value);
  return checked.ok ? { ok: true, value: await completed(checked.value.keys) } : checked;
}

async function completed(keys: readonly Jwk[]): Promise<readonly Jwk[]> {
  if (!keys.some(inCertificate)) return keys;
  const { withCertificateKey } = await import('./certificate.ts');
  return keys.map((jwk) => (inCertificate(jwk) ? (withCertificateKey(jwk) ?? jwk) : jwk));
}

function inCertificate({ x5c, n, x, k }: Jwk): boolean {
  return Array.isArray(x5c) && [n, x, k].every((member) => member === undefined);
}
