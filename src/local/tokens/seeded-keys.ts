import { checkPrime, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import { type Random, randomToken, seededRandom, streamOf } from '../random.ts';
import type { KeyMaterial } from './keys.ts';

/**
 * The keys of a tenant for tests, which follow from a seed: whoever knows it can sign for the tenant. Node.js takes no seed
 * for its own key generation, and OpenSSL's would not be the same in each version, so the primes are found here.
 */
export async function seededKeys(seed: number, owner = 'tenant'): Promise<KeyMaterial> {
  const of = (purpose: string) => seededRandom(seed, 'keys', owner, purpose);
  return {
    signing: { kid: randomToken(of('kid'), 16), jwk: await rsaKey(of('signing')) },
    session: { k: randomToken(of('session'), 32) },
  };
}

/** The next keys of a stream: those of a rotation. */
export async function nextKeys(random: Random): Promise<KeyMaterial> {
  const own = streamOf(random(32));
  return {
    signing: { kid: randomToken(own, 16), jwk: await rsaKey(own) },
    session: { k: randomToken(own, 32) },
  };
}

const primeBits = 1024;
const exponent = 65_537n;

/**
 * A private RSA key of 2048 bits from a stream of bytes, as a JWK: always the same for the same stream.
 * @see FIPS 186-5, appendix A.1.3; RFC 8017, section 3.2; RFC 7518, section 6.3
 */
export async function rsaKey(random: Random): Promise<JsonWebKey> {
  const first = await primeFrom(random);
  let second = await primeFrom(random);
  while (areClose(first, second)) second = await primeFrom(random);
  const [p, q] = first > second ? [first, second] : [second, first];
  const d = inverse(exponent, leastCommonMultiple(p - 1n, q - 1n));
  // A short private exponent could be found from the public key. The chance is below 2^-1000.
  if (d <= 1n << BigInt(primeBits)) return rsaKey(random);
  const members = { n: p * q, e: exponent, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  return {
    kty: 'RSA',
    ...Object.fromEntries(Object.entries(members).map(([name, value]) => [name, base64url(value)])),
  };
}

const isPrime = promisify((candidate: bigint, done: (error: Error | null, result: boolean) => void) =>
  checkPrime(candidate, done),
);

/** The next prime of the stream whose predecessor shares no factor with the exponent. */
async function primeFrom(random: Random): Promise<bigint> {
  for (;;) {
    const candidate = BigInt(`0x${Buffer.from(random(primeBits / 8)).toString('hex')}`) | fixedBits;
    if (hasSmallFactor(candidate) || (candidate - 1n) % exponent === 0n) continue;
    if (await isPrime(candidate)) return candidate;
  }
}

/** Odd, and with the two highest bits: above √2 · 2^1023, so that the product of two such numbers has 2048 bits. */
const fixedBits = (3n << BigInt(primeBits - 2)) | 1n;

/** Nine of ten candidates have a factor below 2000, which is found much faster than a test for primes ends. */
function hasSmallFactor(candidate: bigint): boolean {
  return smallProducts.some(({ product, primes }) => {
    const rest = Number(candidate % product);
    return primes.some((prime) => rest % prime === 0);
  });
}

/** The odd primes below 2000, in groups whose product a number holds exactly. */
const smallProducts = grouped(oddPrimesBelow(2000));

function oddPrimesBelow(limit: number): number[] {
  const found: number[] = [];
  for (let number = 3; number < limit; number += 2) {
    if (found.every((prime) => number % prime !== 0)) found.push(number);
  }
  return found;
}

function grouped(primes: readonly number[]): { readonly product: bigint; readonly primes: readonly number[] }[] {
  const groups: { product: bigint; primes: number[] }[] = [];
  for (const prime of primes) {
    const last = groups.at(-1);
    if (last && last.product * BigInt(prime) <= Number.MAX_SAFE_INTEGER) {
      last.product *= BigInt(prime);
      last.primes.push(prime);
    } else groups.push({ product: BigInt(prime), primes: [prime] });
  }
  return groups;
}

/** Two primes with the same 100 highest bits would make the key easy to factor. */
function areClose(a: bigint, b: bigint): boolean {
  const distance = a > b ? a - b : b - a;
  return distance <= 1n << BigInt(primeBits - 100);
}

/** The number whose product with `value` leaves 1 when divided by `modulus`, by Euclid's extended algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next, factor, nextFactor] = [modulus, value % modulus, 0n, 1n];
  while (next > 0n) {
    const quotient = rest / next;
    [rest, next, factor, nextFactor] = [next, rest - quotient * next, nextFactor, factor - quotient * nextFactor];
  }
  return factor < 0n ? factor + modulus : factor;
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a, b];
  while (rest > 0n) [divisor, rest] = [rest, divisor % rest];
  return (a / divisor) * b;
}

/** Big-endian, without leading zero bytes. @see RFC 7518, section 2 */
function base64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
