import { isSupported, keyProblem, signatureAlgorithms } from '../../jose/algorithms.ts';
import type { NamedKey } from '../../jose/jwk.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Clock } from '../clock.ts';
import { type Check, checkNames, failed, notChecked, ok, type SignedToken, skipped } from './check.ts';
import { checkClaims, type Expectations } from './claim-checks.ts';
import { checkForm } from './form-checks.ts';
import type { KeySource } from './key-source.ts';

export interface Verification {
  /**
   * No check failed, and every check that was due could be made, the signature's among them. What is not expected is not
   * checked: {@link Expectations}.
   */
  readonly valid: boolean;
  /** Each check once, in the order of {@link checkNames}. */
  readonly checks: readonly Check[];
  /** Only when the signature is verified, even if another check failed. */
  readonly claims: JsonObject | undefined;
}

/**
 * Whether an API may accept `input` as an access token: checks its form, its kind, its signature, and only then its
 * claims. The keys decide which algorithm is right, never the token, and a key in the token is ignored. An invalid token
 * is a result, never an error.
 * @throws what `keys.find` throws when the keys can't be fetched
 * @see RFC 7515, section 5.2; RFC 7519, section 7.2; RFC 8725, section 3; RFC 9068, section 4
 */
export async function verifyToken(
  ports: { readonly clock: Pick<Clock, 'now'>; readonly keys: KeySource },
  input: string,
  expected: Expectations = {},
): Promise<Verification> {
  const { checks, token } = checkForm(input, expected.issued);
  if (!token) return outcome(checks);
  const signed = await checkSignature(ports.keys, token, expected.guest);
  if (signed.some(isBad)) return outcome([...checks, ...signed]);
  const looked = checkClaims(token.payload, expected, ports.clock.now());
  return outcome([...checks, ...signed, ...looked.checks], looked.claims);
}

function isBad({ state }: Check): boolean {
  return state === 'failed' || state === 'not_checked';
}

/** Of several results of one check the worst counts. Checks after one that failed are skipped. */
function outcome(checks: readonly Check[], claims?: JsonObject): Verification {
  const worst = (some: readonly Check[]) => some.find(({ state }) => state === 'failed') ?? some.find(isBad);
  const bad = worst(checks);
  const why = `${bad?.check} ${bad?.state === 'not_checked' ? 'could not be checked' : 'failed'}`;
  const all = checkNames.map((name) => {
    const found = checks.filter(({ check }) => check === name);
    return worst(found) ?? found[0] ?? skipped(name, `not reached: ${why}`);
  });
  return { valid: bad === undefined, checks: all, claims };
}

async function checkSignature(keys: KeySource, token: SignedToken, guest: boolean | undefined): Promise<Check[]> {
  const { alg, kid, signature } = token;
  const refused = refusedAlgorithm(alg, keys.algorithms);
  if (refused) return [refused];
  const notOfGuests = keys.ofGuests && keys.ofGuests !== alg && `${alg} is not the algorithm of guests' access tokens`;
  if (notOfGuests && guest) return [failed('algorithm', `${notOfGuests} (${keys.ofGuests})`)];
  if (signature.length === 0) return [failed('signature', 'it was stripped from the token')];
  const found = await keys.find(kid);
  if (found.length === 0)
    return [notChecked('signature', `${keys.origin} has no key ${kid?.slice(0, 60) ?? 'for this token'}`)];
  const candidates = found.filter(({ jwk }) => signatureAlgorithms(jwk).includes(alg));
  const [first] = found;
  if (first && candidates.length === 0) {
    const mismatch = algorithmMismatch(alg, found, first);
    // Only the API knows its algorithm: a tenant's keys sign with several, and declare one at most.
    if (!notOfGuests || mismatch.state !== 'failed') return [mismatch];
    return [
      notChecked('algorithm', `${notOfGuests} (${keys.ofGuests}), and the keys do not declare it; an API may use it`),
    ];
  }
  const { verifySignature } = await import('../../jose/signature.ts');
  const verified = await verifySignature(token, candidates);
  const algorithm = ok('algorithm', `${alg}, allowed by the keys`);
  if (verified.state === 'verified') return [algorithm, ok('signature', verified.key)];
  const make = verified.state === 'wrong' ? failed : notChecked;
  return [algorithm, make('signature', verified.reason)];
}

/** No key that the token may mean is for its algorithm. Only usable keys show which algorithm would be right. */
function algorithmMismatch(alg: string, found: readonly NamedKey[], first: NamedKey): Check {
  const usable = found.filter(({ jwk }) => !keyProblem(jwk));
  const [other = first] = usable;
  if (usable.length === 0) return notChecked('signature', `${first.name} ${keyProblem(first.jwk)?.reason}`);
  const algorithms = [...new Set(usable.flatMap(({ jwk }) => signatureAlgorithms(jwk)))].join(', ');
  return failed('algorithm', `${alg} is not an algorithm of ${other.name} (${algorithms}): key confusion`);
}

/** Why an algorithm is refused whatever the signature; the detail names the attack. @see RFC 8725, sections 2.1 and 3.1 */
function refusedAlgorithm(alg: string, allowed: readonly string[]): Check | undefined {
  if (allowed.includes(alg) && !isSymmetric(alg)) return undefined;
  const name = alg.slice(0, 20) || "''";
  if (alg.toLowerCase() === 'none') return failed('algorithm', `'${name}': the token is not signed`);
  if (isSymmetric(alg)) {
    const attack =
      'needs a shared secret, but the keys are public: with them, anyone could have signed this (key confusion)';
    return failed('algorithm', `${name} ${attack}`);
  }
  if (alg !== '' && !isSupported(alg)) return notChecked('algorithm', `${name} signatures can't be checked here`);
  // Unusable keys: the signature check says why.
  if (allowed.length === 0) return undefined;
  return failed('algorithm', `${name} is not an algorithm of the keys (${allowed.join(', ')})`);
}

function isSymmetric(alg: string): boolean {
  return /^HS\d/i.test(alg);
}
