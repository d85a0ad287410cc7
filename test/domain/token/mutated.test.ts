import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { publicKeys } from '../../../src/domain/token/key-source.ts';
import type { Verification } from '../../../src/domain/token/verify.ts';
import { isAnonError } from '../../../src/errors.ts';
import { decode, otherRsa, part, ringOf, rsa, sign } from '../../support/tokens.ts';
import { failures, goodClaims, goodToken, verify } from '../../support/verification.ts';

const seed = 20_260_601;
const howMany = 100_000;
/** Checked at once, which is faster by half; what they take together is the most that one of them can have taken. */
const batch = 500;
const mostMs = 5000;

// fast-check says which mutation and gives it a number to begin with; what follows from that number is ours (mulberry32),
// for a token takes up to a hundred more of them.
let state = 0;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

const below = (limit: number) => Math.floor(random() * limit);
const oneOf = <T>(things: readonly T[]): T => things[below(things.length)] as T;
const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
const word = (length: number) => Array.from({ length }, () => oneOf(alphabet)).join('');
const bytes = (length: number) => Buffer.from(Array.from({ length }, () => below(256)));

const good = await goodToken();
const others = [
  await goodToken({ scope: 'admin' }),
  await goodToken({ sub: 'auth0|1' }, { typ: undefined }),
  await sign(goodClaims, otherRsa.privateKey, { alg: 'RS256', kid: 'k1' }),
  await sign(goodClaims, rsa.privateKey, { alg: 'PS256', kid: 'k1' }),
];
// A splice may happen to be one of these.
const genuine = [good, ...others.slice(0, 2)];
const parts = good.split('.') as [string, string, string];
const header = JSON.parse(Buffer.from(parts[0], 'base64url').toString());

const values: readonly (() => unknown)[] = [
  () => oneOf(['none', 'HS256', 'RS512', 'PS256', 'ES256', 'RS256', 'rs256', 'dir', 'EdDSA', '']),
  () => oneOf([null, true, false, 0, -1, 1e308, [], {}, '', 'k1', 'k2', '__proto__', '\0', '\u2028']),
  () => word(below(20)),
  () => below(2 ** 31),
  () => [[word(3)], { [word(2)]: below(9) }],
  () => ({ ...otherRsa.publicJwk }),
];
const headerNames = [
  'alg',
  'kid',
  'typ',
  'crit',
  'b64',
  'jwk',
  'jku',
  'x5c',
  'x5u',
  'cty',
  'zip',
  'enc',
  'epk',
  '__proto__',
];
const claimNames = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'scope', 'jti', 'session_id', '__proto__'];

function edited(object: object, names: readonly string[]): string {
  const copy: Record<string, unknown> = { ...object };
  const name = oneOf(names);
  if (below(4) === 0) delete copy[name];
  else copy[name] = oneOf(values)();
  const text = JSON.stringify(copy);
  return part(
    below(3) === 0 ? text.replace('{', `{${JSON.stringify(name)}:${JSON.stringify(oneOf(values)()) ?? 0},`) : text,
  );
}

const junk = [' ', '\n', '.', '..', '=', '==', '\0', '+', '/', 'é', '😀', '\ud800', '%2e', '"', '{', '\u200b'];
const withPart = (index: number, text: string) => parts.map((one, at) => (at === index ? text : one)).join('.');

/** What may have happened to a token on its way, or been done to it. */
const mutations: readonly (() => string)[] = [
  // One character is another: one to six bits.
  () => replaced(1, oneOf(alphabet)),
  () => flippedBit(),
  () => good.slice(0, below(good.length)),
  () => good.slice(1 + below(good.length)),
  () => replaced(below(6), word(below(6))),
  () => replaced(below(3), oneOf(junk)),
  () => spliced(oneOf(others)),
  () =>
    good
      .split('.')
      .map((one, index) => oneOf([one, oneOf(others).split('.')[index] ?? '']))
      .join('.'),
  () => withPart(0, edited(header, headerNames)),
  () => withPart(1, edited(goodClaims, claimNames)),
  () => [edited(header, headerNames), edited(goodClaims, claimNames), oneOf([parts[2], '', word(342)])].join('.'),
  () =>
    withPart(
      2,
      oneOf([() => '', () => bytes(256), () => Buffer.alloc(256, below(256)), () => bytes(below(520))])().toString(
        'base64url',
      ),
    ),
  () => withPart(below(3), word(below(60))),
  () => withPart(below(3), bytes(below(90)).toString('base64url')),
  () => withPart(below(2), part(oneOf(['{', '[', '{"a":']).repeat(below(400)))),
  () => Array.from({ length: below(8) }, () => oneOf([...parts, '', word(4)])).join('.'),
  () => `${oneOf(['Bearer ', 'ANONYMOUS_SESSION_', '{', 'bearer', '@', 'DPoP '])}${replaced(below(3), word(2))}`,
  () => bytes(below(200)).toString(oneOf(['latin1', 'utf8', 'base64', 'hex'])),
  () => Array.from({ length: below(40) }, () => oneOf([...junk, word(3)])).join(''),
];

function replaced(count: number, by: string, text = good): string {
  const at = below(text.length + 1);
  return text.slice(0, at) + by + text.slice(at + count);
}

/** A bit of the bytes that a part stands for, so that it is written as it should be. */
function flippedBit(): string {
  const index = below(3);
  const changed = Buffer.from(parts[index] ?? '', 'base64url');
  const at = below(changed.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << below(8));
  return withPart(index, changed.toString('base64url'));
}

function spliced(other: string): string {
  const at = below(Math.min(good.length, other.length));
  return oneOf([good.slice(0, at) + other.slice(at), other.slice(0, at) + good.slice(at)]);
}

const jwk = { ...rsa.publicJwk, kid: 'k1', alg: 'RS256' };
const ring = ringOf(jwk);
const keys = { algorithms: ['RS256'], origin: 'the set', find: async () => publicKeysOfAcme };
// As if each key were for every token: the kid must not be what keeps a wrong one out.
const publicKeysOfAcme = publicKeys([jwk], 'the set');

/** What of it is not as it should be; nothing for a token that may have been wrong in any way. */
async function wronglyTaken(text: string): Promise<string | undefined> {
  const untouched = genuine.includes(text.trim().replace(/^bearer\s+/i, ''));
  const verification: Verification = await verify(text, {}, keys);
  if (verification.valid !== untouched) return 'verify';
  if (verification.checks.length !== 13) return 'checks';
  const decoded = await decode(text, ring).catch((error: unknown) => {
    if (isAnonError(error) && error.code === 'token_unacceptable') return undefined;
    throw error;
  });
  if (decoded?.signature?.state !== 'verified') return undefined;
  // Decoding does not mind white space, nor bits that no byte has: but what it shows as verified is what was signed.
  const same = [decoded.header, decoded.claims].map((one) => JSON.stringify(one)).join('.');
  return signedTexts.has(same) ? undefined : 'decode';
}

const signedTexts = new Set(
  genuine.map((token) =>
    token
      .split('.')
      .slice(0, 2)
      .map((one) => JSON.stringify(JSON.parse(Buffer.from(one, 'base64url').toString())))
      .join('.'),
  ),
);

it(`of ${howMany} different random and mutated tokens none crashes, hangs or is wrongly accepted`, async () => {
  expect(failures(await verify(good, {}, keys))).toEqual({});
  const given = new Set<string>();
  let slowestMs = 0;
  // Where each of a hundred thousand errors came from costs seconds, and nobody asks.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  onTestFinished(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });
  const token = fc.record({ mutation: fc.nat({ max: mutations.length - 1 }), start: fc.integer() });
  const tokens = fc.noBias(fc.array(token, { minLength: batch, maxLength: batch }));
  await fc.assert(
    fc.asyncProperty(tokens, async (chosen) => {
      const started = performance.now();
      const texts = chosen.map(({ mutation, start }) => {
        state = start;
        let text = mutations[mutation]?.() ?? '';
        // There are only so many ways to cut one short.
        while (given.has(text)) text = replaced(below(3), word(1 + below(3)), text);
        given.add(text);
        return text;
      });
      const wrong = await Promise.all(texts.map(wronglyTaken));
      slowestMs = Math.max(slowestMs, performance.now() - started);
      expect(texts.flatMap((text, index) => (wrong[index] ? [{ text, wrong: wrong[index] }] : []))).toEqual([]);
    }),
    // Fewer tokens of a batch, or smaller numbers, would say nothing that the ones above do not.
    { seed, numRuns: howMany / batch, endOnFailure: true },
  );
  expect(given.size).toBe(howMany);
  expect(slowestMs).toBeLessThan(mostMs);
}, 120_000);
