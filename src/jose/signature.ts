import { compactVerify } from 'jose/jws/compact/verify';
import { importJWK } from 'jose/key/import';
import { isSupported, keyProblem, signatureAlgorithms } from './algorithms.ts';
import type { TokenParts } from './compact.ts';
import type { NamedKey } from './jwk.ts';

/**
 * Whether a signature was checked, with the result. Claims may be trusted only when it is `verified`. It is `wrong`
 * only when every key that can have made it was tried. `warning`: why even the right key proves little.
 */
export type Signature =
  | { readonly state: 'verified'; readonly key: string; readonly warning?: string }
  | { readonly state: 'not_checked'; readonly reason: string }
  | { readonly state: 'wrong'; readonly reason: string };

/**
 * Checks a JWS against each of `keys`, with the algorithms that each key is for. If any key that may have signed it
 * can't be tried, the signature is not checked rather than wrong.
 */
export async function verifySignature(
  parts: Pick<TokenParts, 'text' | 'header'>,
  keys: readonly NamedKey[],
): Promise<Signature> {
  const alg = String(parts.header.alg);
  const obstacle = headerProblem(parts.header, alg) ?? encodingProblem(parts.text, alg);
  if (obstacle !== undefined) return notChecked(obstacle);
  const candidates = keys.filter(({ jwk }) => signatureAlgorithms(jwk).includes(alg));
  if (candidates.length === 0) return notChecked(algorithmMismatch(keys, alg));
  const untried: { reason: string; otherUse: boolean }[] = [];
  const tried: string[] = [];
  for (const { name, jwk, anyUse } of candidates) {
    const problem = keyProblem(jwk);
    const outcome = problem && !(anyUse && problem.otherUse) ? 'not tried' : await tryKey(parts.text, jwk, alg);
    if (outcome === 'match') return { state: 'verified', key: name, ...weakSecret(jwk, alg) };
    if (problem) untried.push({ ...problem, reason: `${name} ${problem.reason}` });
    else if (outcome === 'unreadable') untried.push({ reason: `${name} can't be read`, otherUse: false });
    else tried.push(name);
  }
  const [first = tried.length === 0 ? untried[0] : undefined] = untried.filter(({ otherUse }) => !otherUse);
  if (first) return notChecked(first.reason);
  return { state: 'wrong', reason: `it does not match ${[...new Set(tried)].join(', ')}` };
}

function notChecked(reason: string): Signature {
  return { state: 'not_checked', reason };
}

/** Why the header makes it impossible to check the signature, whatever the key. @see RFC 7515, section 4.1.11; RFC 7797 */
function headerProblem({ crit, b64 }: TokenParts['header'], alg: string): string | undefined {
  if (!isSupported(alg)) return `the algorithm ${alg.slice(0, 20) || "''"} is not supported`;
  if (b64 !== undefined && b64 !== true) return "unencoded contents ('b64') are not supported";
  if (crit === undefined) return undefined;
  const names = Array.isArray(crit) ? crit.map(String).join(', ').slice(0, 60) : '';
  return `'crit' requires unsupported extensions${names && `: ${names}`}`;
}

/** Bytes of r and s together. @see RFC 7518, section 3.4 */
const ecBytes: Readonly<Record<string, number>> = { ES256: 64, ES384: 96, ES512: 132 };

/** OpenSSL and many KMSs encode r and s as DER, which has another length. */
function encodingProblem(text: string, alg: string): string | undefined {
  const wanted = ecBytes[alg];
  const bytes = Buffer.from(text.slice(text.lastIndexOf('.') + 1), 'base64url');
  if (wanted === undefined || bytes.length === wanted || !isDer(bytes)) return undefined;
  return `the signature is DER-encoded (${bytes.length} bytes); a JWS has r and s only (${wanted} bytes)`;
}

/** A sequence of two integers and nothing else. @see RFC 3279, section 2.2.3 */
function isDer(bytes: Uint8Array): boolean {
  const sequence = derItem(bytes, 0, 0x30);
  if (!sequence || sequence.end !== bytes.length) return false;
  const r = derItem(bytes, sequence.start, 0x02);
  const s = r && derItem(bytes, r.end, 0x02);
  return s?.end === bytes.length;
}

function derItem(bytes: Uint8Array, at: number, tag: number): { start: number; end: number } | undefined {
  const short = bytes[at + 1] ?? 0xff;
  const [length = 0, start] = short === 0x81 ? [bytes[at + 2], at + 3] : [short, at + 2];
  return bytes[at] === tag && (short < 0x80 || short === 0x81) && start + length <= bytes.length
    ? { start, end: start + length }
    : undefined;
}

function algorithmMismatch(keys: readonly NamedKey[], alg: string): string {
  const names = [...new Set(keys.map(({ name }) => name))].slice(0, 3).join(', ');
  const [first] = keys;
  const problem = keys.length === 1 && first ? keyProblem(first.jwk) : undefined;
  if (first && problem) return `${first.name} ${problem.reason}`;
  const algorithms = [...new Set(keys.flatMap(({ jwk }) => signatureAlgorithms(jwk)))].join(', ');
  return `its algorithm is ${alg}, but ${names} ${keys.length === 1 ? 'is' : 'are'} for ${algorithms || 'something else'}`;
}

async function tryKey(text: string, jwk: NamedKey['jwk'], alg: string): Promise<'match' | 'mismatch' | 'unreadable'> {
  let key: Awaited<ReturnType<typeof importJWK>>;
  try {
    key = await imported(jwk, alg);
  } catch {
    return 'unreadable';
  }
  try {
    await compactVerify(text, key, { algorithms: [alg] });
    return 'match';
  } catch (error) {
    return isMismatch(error) ? 'mismatch' : 'unreadable';
  }
}

/** Any other error says nothing about the signature. */
function isMismatch(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED';
}

const secretBytes: Readonly<Record<string, number>> = { HS256: 32, HS384: 48, HS512: 64 };

/** @see RFC 7518, section 3.2 */
function weakSecret({ kty, k }: NamedKey['jwk'], alg: string): { warning?: string } {
  const least = secretBytes[alg];
  if (kty !== 'oct' || least === undefined) return {};
  const { length } = Buffer.from(String(k), 'base64url');
  if (length >= least) return {};
  const bytes = length === 1 ? '1 byte' : `${length} bytes`;
  return { warning: `the secret has ${bytes}, but ${alg} requires ${least}: it could be guessed` };
}

const importedKeys = new WeakMap<NamedKey['jwk'], Map<string, ReturnType<typeof importJWK>>>();

/** Importing a key costs more than a check with it, and there may be many tokens. */
function imported(jwk: NamedKey['jwk'], alg: string): ReturnType<typeof importJWK> {
  const byAlgorithm = importedKeys.get(jwk) ?? new Map<string, ReturnType<typeof importJWK>>();
  importedKeys.set(jwk, byAlgorithm);
  const key = byAlgorithm.get(alg) ?? importJWK(publicPart(jwk), alg);
  byAlgorithm.set(alg, key);
  return key;
}

function publicPart({ kty, ...jwk }: NamedKey['jwk']): { kty: string } {
  const { d, p, q, dp, dq, qi, oth, key_ops, use, x5c, ...rest } = jwk;
  return { ...rest, kty: String(kty) };
}
