import type { JsonObject } from '../../wire/schema.ts';
import type { Clock, NamedKey } from '../ports.ts';
import { checkForm } from './access-token-form.ts';
import { signatureAlgorithms } from './algorithms.ts';
import { type Check, checkNames, failed, ok, type SignedToken, skipped } from './check.ts';
import { checkClaims, type Expectations } from './claim-checks.ts';

/** The public keys of one issuer, from wherever they come. */
export interface KeySource {
  /** Every algorithm that its keys may be for, none of them symmetric: others are refused before a key is looked for. */
  readonly algorithms: readonly string[];
  /** In words: `https://acme.eu.auth0.com/`. */
  readonly origin: string;
  /** The keys that a token which names this `kid` may have been signed with; all of them where it names none. */
  find(kid: string | undefined): Promise<readonly NamedKey[]>;
}

export interface Verification {
  /** No check failed, and the signature is good. What is not expected is not checked: {@link Expectations}. */
  readonly valid: boolean;
  /** Each check once, in the order of {@link checkNames}. */
  readonly checks: readonly Check[];
  /** Only when the signature is good, whatever else is not. */
  readonly claims: JsonObject | undefined;
}

/**
 * Whether `input` is an access token that an API may take: its form, that it is no session token, its signature, and
 * only then its claims. The keys say which algorithm is right, never the token, and a key that the token brings is not
 * looked at. A bad token is a result, never an error.
 * @throws what `keys.find` throws when the keys cannot be had
 * @see RFC 7515, section 5.2; RFC 7519, section 7.2; RFC 8725, section 3; RFC 9068, section 4
 */
export async function verifyToken(
  ports: { readonly clock: Pick<Clock, 'now'>; readonly keys: KeySource },
  input: string,
  expected: Expectations = {},
): Promise<Verification> {
  const { checks, token } = checkForm(input);
  if (!token) return outcome(checks);
  const signed = await checkSignature(ports.keys, token);
  if (signed.some(({ state }) => state === 'failed')) return outcome([...checks, ...signed]);
  const looked = checkClaims(token.payload, expected, ports.clock.now());
  return outcome([...checks, ...signed, ...looked.checks], looked.claims);
}

/** What failed counts before what did not; what nobody came to is skipped. */
function outcome(checks: readonly Check[], claims?: JsonObject): Verification {
  const bad = checks.find(({ state }) => state === 'failed');
  const all = checkNames.map((name) => {
    const found = checks.filter(({ check }) => check === name);
    const worst = found.find(({ state }) => state === 'failed') ?? found[0];
    return worst ?? skipped(name, `not looked at, for the ${bad?.check ?? 'token'} is not good`);
  });
  return { valid: bad === undefined, checks: all, claims };
}

async function checkSignature(keys: KeySource, token: SignedToken): Promise<Check[]> {
  const { alg, kid, signature } = token;
  const refused = refusedAlgorithm(alg, keys.algorithms);
  if (refused) return [failed('algorithm', refused)];
  if (signature.length === 0) return [failed('signature', 'it has none: it was stripped')];
  const found = await keys.find(kid);
  if (found.length === 0) return [failed('signature', `${keys.origin} has no key ${kid?.slice(0, 60) ?? 'for it'}`)];
  const usable = found.filter(({ jwk }) => signatureAlgorithms(jwk).includes(alg));
  if (usable.length === 0) {
    const algorithms = [...new Set(found.flatMap(({ jwk }) => signatureAlgorithms(jwk)))].join(', ');
    return [failed('algorithm', `${alg} is not what ${found[0]?.name} is for (${algorithms}): key confusion`)];
  }
  const { verifySignature } = await import('./signature.ts');
  const verified = await verifySignature(token, usable);
  const algorithm = ok('algorithm', `${alg}, as the keys say`);
  if (verified.state === 'verified') return [algorithm, ok('signature', verified.key)];
  return [algorithm, failed('signature', verified.reason)];
}

/** Why a token may not be signed so, in words that name the attack. @see RFC 8725, sections 2.1 and 3.1 */
function refusedAlgorithm(alg: string, allowed: readonly string[]): string | undefined {
  if (allowed.includes(alg) && !isSymmetric(alg)) return undefined;
  const name = alg.slice(0, 20);
  if (alg.toLowerCase() === 'none') return `'${name}': it is not signed at all`;
  if (isSymmetric(alg)) {
    return `${name} takes one shared secret, and the keys are public: whoever knows them could have made it (key confusion)`;
  }
  return `${name} is not what the keys are for (${allowed.join(', ')})`;
}

function isSymmetric(alg: string): boolean {
  return /^HS\d/i.test(alg);
}
