import type { JsonObject } from '../../wire/schema.ts';
import type { Clock } from '../clock.ts';
import { checkForm } from './access-token-form.ts';
import { isSupported, keyProblem, signatureAlgorithms } from './algorithms.ts';
import { type Check, checkNames, failed, notChecked, ok, type SignedToken, skipped } from './check.ts';
import { checkClaims, type Expectations } from './claim-checks.ts';
import type { NamedKey } from './key-ring.ts';

/** The public keys of one issuer, from wherever they come. */
export interface KeySource {
  /** Every algorithm that its keys may be for, none of them symmetric: others are refused before a key is looked for. */
  readonly algorithms: readonly string[];
  /** In words: `https://acme.eu.auth0.com/`. */
  readonly origin: string;
  /**
   * The keys that a token which names this `kid` may have been signed with, usable or not; all of them where it names none.
   */
  find(kid: string | undefined): Promise<readonly NamedKey[]>;
}

export interface Verification {
  /**
   * No check failed, each that was due could be made, and the signature is good. What is not expected is not checked:
   * {@link Expectations}.
   */
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
  const { checks, token } = checkForm(input, expected.issued);
  if (!token) return outcome(checks);
  const signed = await checkSignature(ports.keys, token);
  if (signed.some(isBad)) return outcome([...checks, ...signed]);
  const looked = checkClaims(token.payload, expected, ports.clock.now());
  return outcome([...checks, ...signed, ...looked.checks], looked.claims);
}

function isBad({ state }: Check): boolean {
  return state === 'failed' || state === 'not_checked';
}

/** What failed counts before what could not be checked, and that before what is good; what nobody came to is skipped. */
function outcome(checks: readonly Check[], claims?: JsonObject): Verification {
  const worst = (some: readonly Check[]) => some.find(({ state }) => state === 'failed') ?? some.find(isBad);
  const bad = worst(checks);
  const why = bad?.state === 'not_checked' ? 'could not be checked' : 'is not good';
  const all = checkNames.map((name) => {
    const found = checks.filter(({ check }) => check === name);
    return worst(found) ?? found[0] ?? skipped(name, `not looked at, for the ${bad?.check ?? 'token'} ${why}`);
  });
  return { valid: bad === undefined, checks: all, claims };
}

async function checkSignature(keys: KeySource, token: SignedToken): Promise<Check[]> {
  const { alg, kid, signature } = token;
  const refused = refusedAlgorithm(alg, keys.algorithms);
  if (refused) return [refused];
  if (signature.length === 0) return [failed('signature', 'it has none: it was stripped')];
  const found = await keys.find(kid);
  if (found.length === 0)
    return [notChecked('signature', `${keys.origin} has no key ${kid?.slice(0, 60) ?? 'for it'}`)];
  const fitting = found.filter(({ jwk }) => signatureAlgorithms(jwk).includes(alg));
  const [first] = found;
  if (first && fitting.length === 0) return [misfit(alg, found, first)];
  const { verifySignature } = await import('./signature.ts');
  const verified = await verifySignature(token, fitting);
  const algorithm = ok('algorithm', `${alg}, as the keys say`);
  if (verified.state === 'verified') return [algorithm, ok('signature', verified.key)];
  const make = verified.state === 'wrong' ? failed : notChecked;
  return [algorithm, make('signature', verified.reason)];
}

/** None of the keys that it may mean is for its algorithm: keys that can vouch for something say what they are for. */
function misfit(alg: string, found: readonly NamedKey[], first: NamedKey): Check {
  const usable = found.filter(({ jwk }) => !keyProblem(jwk));
  const [other = first] = usable;
  if (usable.length === 0) return notChecked('signature', `${first.name} ${keyProblem(first.jwk)?.reason}`);
  const algorithms = [...new Set(usable.flatMap(({ jwk }) => signatureAlgorithms(jwk)))].join(', ');
  return failed('algorithm', `${alg} is not what ${other.name} is for (${algorithms}): key confusion`);
}

/** Why a token may not be signed so, in words that name the attack. @see RFC 8725, sections 2.1 and 3.1 */
function refusedAlgorithm(alg: string, allowed: readonly string[]): Check | undefined {
  if (allowed.includes(alg) && !isSymmetric(alg)) return undefined;
  const name = alg.slice(0, 20);
  if (alg.toLowerCase() === 'none') return failed('algorithm', `'${name}': it is not signed at all`);
  if (isSymmetric(alg)) {
    const how =
      'takes one shared secret, and the keys are public: whoever knows them could have made it (key confusion)';
    return failed('algorithm', `${name} ${how}`);
  }
  if (alg !== '' && !isSupported(alg)) return notChecked('algorithm', `signatures of ${name} cannot be checked here`);
  // Why none of the keys is for anything, they say themselves.
  if (allowed.length === 0) return undefined;
  return failed('algorithm', `${name} is not what the keys are for (${allowed.join(', ')})`);
}

function isSymmetric(alg: string): boolean {
  return /^HS\d/i.test(alg);
}
