import { compactVerify } from 'jose/jws/compact/verify';
import { importJWK } from 'jose/key/import';
import { isSupported, keyProblem, signatureAlgorithms } from './algorithms.ts';
import type { TokenParts } from './compact.ts';
import type { NamedKey } from './key-ring.ts';

/**
 * Whether a signature was checked, and what came of it. Claims are to be believed only when it is `verified`; it is `wrong`
 * only when every key that can have made it was tried. `warning`: what is to be thought of the key all the same.
 */
export type Signature =
  | { readonly state: 'verified'; readonly key: string; readonly warning?: string }
  | { readonly state: 'not_checked'; readonly reason: string }
  | { readonly state: 'wrong'; readonly reason: string };

/**
 * Checks a JWS against each of `keys`, with the algorithms that each key is for. It is wrong only where every key that can
 * have signed it was tried: whatever keeps one from being tried leaves it unchecked.
 */
export async function verifySignature(
  parts: Pick<TokenParts, 'text' | 'header'>,
  keys: readonly NamedKey[],
): Promise<Signature> {
  const alg = String(parts.header.alg);
  const problem = headerProblem(parts.header, alg) ?? encodingProblem(parts.text, alg);
  if (problem !== undefined) return notChecked(problem);
  const fitting = keys.filter(({ jwk }) => signatureAlgorithms(jwk).includes(alg));
  if (fitting.length === 0) return notChecked(noneFits(keys, alg));
  const untried: { reason: string; otherUse: boolean }[] = [];
  const tried: string[] = [];
  for (const { name, jwk, anyUse } of fitting) {
    const unfit = keyProblem(jwk);
    const outcome = unfit && !(anyUse && unfit.otherUse) ? 'not tried' : await tryKey(parts.text, jwk, alg);
    if (outcome === 'fits') return { state: 'verified', key: name, ...weakSecret(jwk, alg) };
    if (unfit) untried.push({ ...unfit, reason: `${name} ${unfit.reason}` });
    else if (outcome === 'unreadable') untried.push({ reason: `${name} cannot be read`, otherUse: false });
    else tried.push(name);
  }
  const [obstacle = tried.length === 0 ? untried[0] : undefined] = untried.filter(({ otherUse }) => !otherUse);
  if (obstacle) return notChecked(obstacle.reason);
  return { state: 'wrong', reason: `it does not fit ${[...new Set(tried)].join(', ')}` };
}

function notChecked(reason: string): Signature {
  return { state: 'not_checked', reason };
}

/** What of a header keeps its signature from being checked, whatever the key. @see RFC 7515, section 4.1.11; RFC 7797 */
function headerProblem({ crit, b64 }: TokenParts['header'], alg: string): string | undefined {
  if (!isSupported(alg)) return `its algorithm ${alg.slice(0, 20)} is not known here`;
  if (b64 !== undefined && b64 !== true)
    return "its contents are signed as they stand ('b64'), which is not known here";
  if (crit === undefined) return undefined;
  const names = Array.isArray(crit) ? crit.map(String).join(', ').slice(0, 60) : '';
  return `'crit' demands what is not known here${names && `: ${names}`}`;
}

/** The bytes of r and s together. @see RFC 7518, section 3.4 */
const ecBytes: Readonly<Record<string, number>> = { ES256: 64, ES384: 96, ES512: 132 };

/** OpenSSL and many KMSs write r and s as DER, of another length. */
function encodingProblem(text: string, alg: string): string | undefined {
  const wanted = ecBytes[alg];
  const bytes = Buffer.from(text.slice(text.lastIndexOf('.') + 1), 'base64url');
  if (wanted === undefined || bytes.length === wanted || !isDer(bytes)) return undefined;
  return `the signature is DER (${bytes.length} bytes), and a JWS has r and s alone (${wanted} bytes)`;
}

/** A sequence of two whole numbers and nothing else. @see RFC 3279, section 2.2.3 */
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

function noneFits(keys: readonly NamedKey[], alg: string): string {
  const names = [...new Set(keys.map(({ name }) => name))].slice(0, 3).join(', ');
  const [first] = keys;
  const problem = keys.length === 1 && first ? keyProblem(first.jwk) : undefined;
  if (first && problem) return `${first.name} ${problem.reason}`;
  const algorithms = [...new Set(keys.flatMap(({ jwk }) => signatureAlgorithms(jwk)))].join(', ');
  return `its algorithm is ${alg}, and ${names} ${keys.length === 1 ? 'is' : 'are'} for ${algorithms || 'something else'}`;
}

async function tryKey(text: string, jwk: NamedKey['jwk'], alg: string): Promise<'fits' | 'does not' | 'unreadable'> {
  let key: Awaited<ReturnType<typeof importJWK>>;
  try {
    key = await imported(jwk, alg);
  } catch {
    return 'unreadable';
  }
  try {
    await compactVerify(text, key, { algorithms: [alg] });
    return 'fits';
  } catch (error) {
    return isMismatch(error) ? 'does not' : 'unreadable';
  }
}

/** Whatever else it throws is no word about the signature. */
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
  return { warning: `the secret has ${length} bytes, and ${alg} needs ${least}: it may be guessed` };
}

const importedKeys = new WeakMap<NamedKey['jwk'], Map<string, ReturnType<typeof importJWK>>>();

/** Reading a key costs more than a check with it, and there may be many tokens. */
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
