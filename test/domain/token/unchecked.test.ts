import { createSign, generateKeyPairSync, type KeyObject, sign as signBytes, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyRingOf } from '../../../src/domain/token/key-file.ts';
import { keySourceOf, publicKeys } from '../../../src/domain/token/key-source.ts';
import { readCertificates, readKeySet } from '../../../src/jose/jwk.ts';
import certificate from '../../fixtures/tokens/certificate.json' with { type: 'json' };
import { decode, ec, ecPair, otherRsa, pairOf, part, ringOf, rsa, sign } from '../../support/tokens.ts';
import { failures, goodClaims, keysOf, unknowns, verify } from '../../support/verification.ts';

const secp256k1 = ecPair('secp256k1');
const [p384, p521] = [ecPair('P-384'), ecPair('P-521')];
const ed25519 = pairOf(generateKeyPairSync('ed25519').privateKey);
const ed448 = pairOf(generateKeyPairSync('ed448').privateKey);
const small = pairOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);

function signed(header: { alg: string; kid?: string }, key: KeyObject, hash?: string, der = false): string {
  const text = `${part({ typ: 'JWT', ...header })}.${part(goodClaims)}`;
  if (hash === undefined) return `${text}.${signBytes(null, Buffer.from(text), key).toString('base64url')}`;
  const dsaEncoding = der ? 'der' : 'ieee-p1363';
  return `${text}.${createSign(hash).update(text).sign({ key, dsaEncoding }, 'base64url')}`;
}

const withKid = (jwk: object, kid = 'k1') => ({ ...jwk, kid });
/** Of a key with an exponent of 1 the signature is what is signed. */
const exponentOne = { ...rsa.publicJwk, e: 'AQ' };
const es256 = signed({ alg: 'ES256', kid: 'k1' }, ec.privateKey, 'sha256');
const rs256 = signed({ alg: 'RS256', kid: 'k1' }, rsa.privateKey, 'sha256');

type Row = [what: string, token: string, keys: readonly object[], reason: RegExp];

/** What keeps a check from being made, and what is said of it. */
const rows: Row[] = [
  [
    'the algorithm ES256K',
    signed({ alg: 'ES256K', kid: 'k1' }, secp256k1.privateKey, 'sha256'),
    [withKid(secp256k1.publicJwk)],
    /ES256K/,
  ],
  ['ES256 on secp256k1', es256, [withKid(secp256k1.publicJwk)], /an unsupported curve \(secp256k1\)/],
  ['EdDSA on Ed448', signed({ alg: 'EdDSA', kid: 'k1' }, ed448.privateKey), [withKid(ed448.publicJwk)], /Ed448/],
  ['the algorithm Ed448', signed({ alg: 'Ed448', kid: 'k1' }, ed448.privateKey), [withKid(ed448.publicJwk)], /Ed448/],
  [
    'an algorithm nobody knows',
    `${part({ alg: 'ML-DSA-44', kid: 'k1' })}.${part(goodClaims)}.AAAA`,
    [withKid({ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' })],
    /ML-DSA-44/,
  ],
  [
    'ES256 in DER',
    signed({ alg: 'ES256', kid: 'k1' }, ec.privateKey, 'sha256', true),
    [withKid(ec.publicJwk)],
    /DER-encoded \(7[0-2] bytes\).+r and s only \(64 bytes\)/,
  ],
  [
    'ES384 in DER',
    signed({ alg: 'ES384', kid: 'k1' }, p384.privateKey, 'sha384', true),
    [withKid(p384.publicJwk)],
    /DER-encoded \(10[0-4] bytes\).+\(96 bytes\)/,
  ],
  [
    'ES512 in DER',
    signed({ alg: 'ES512', kid: 'k1' }, p521.privateKey, 'sha512', true),
    [withKid(p521.publicJwk)],
    /DER-encoded \(13[6-9] bytes\).+\(132 bytes\)/,
  ],
  [
    'DER, and another key',
    signed({ alg: 'ES256', kid: 'k1' }, ecPair('P-256').privateKey, 'sha256', true),
    [withKid(ec.publicJwk)],
    /DER/,
  ],
  [
    'a key of 1024 bits',
    signed({ alg: 'RS256', kid: 'k1' }, small.privateKey, 'sha256'),
    [withKid(small.publicJwk)],
    /too weak.+1024 bits/,
  ],
  ['a key of 1024 bits that is not even its own', rs256, [withKid(small.publicJwk)], /too weak/],
  ['a key with an exponent of 1', rs256, [withKid(exponentOne)], /too weak.+exponent is 1/],
  ['an exponent of 1 after zeros', rs256, [withKid({ ...rsa.publicJwk, e: 'AAAB' })], /exponent is 1/],
  ['an even exponent', rs256, [withKid({ ...rsa.publicJwk, e: 'AQAA' })], /exponent is 1 or even/],
  [
    'a modulus with zeros before it',
    rs256,
    [
      withKid({
        ...small.publicJwk,
        n: Buffer.concat([Buffer.alloc(256), Buffer.from(small.publicJwk.n ?? '', 'base64url')]).toString('base64url'),
      }),
    ],
    /1024 bits/,
  ],
  ['a key without its numbers', rs256, [withKid({ kty: 'RSA' })], /lacks n and e/],
  ['a point that is not on its curve', es256, [withKid({ ...ec.publicJwk, y: ec.publicJwk.x })], /can't be read/],
  ['a certificate that is none', rs256, [withKid({ kty: 'RSA', x5c: ['AAAA'] })], /lacks n and e/],
  ['a key for encryption', rs256, [withKid({ ...otherRsa.publicJwk, use: 'enc' })], /not for signatures \(use enc\)/],
  [
    'a key without verify among its operations',
    rs256,
    [withKid({ ...otherRsa.publicJwk, key_ops: ['encrypt'] })],
    /key_ops without verify/,
  ],
  ['a key of another name', rs256, [withKid(otherRsa.publicJwk, 'k2')], /k1/],
  ['no key at all', rs256, [], /k1|no key/],
  [
    'a kind of key nobody knows',
    rs256,
    [withKid({ kty: 'AKP' })],
    /unsupported key type \(AKP\)|is for something else/,
  ],
];

describe('a signature is not checked, and not reported as wrong, because of', () => {
  it.each(rows)('%s', async (_, token, keys, reason) => {
    if (keys.length > 0) {
      const { signature } = await decode(token, ringOf(...keys));
      expect(signature).toEqual({ state: 'not_checked', reason: expect.stringMatching(reason) });
    }
    const verification = await verify(token, undefined, keysOf(...keys));
    expect(verification).toMatchObject({ valid: false, claims: undefined });
    expect(failures(verification)).toEqual({});
    const [what, ...others] = Object.values(unknowns(verification));
    expect([what, others]).toEqual([expect.stringMatching(/./), []]);
    if (keys.length > 0) expect(what).toMatch(reason);
  });

  it('a header with an unknown extension, or unencoded contents', async () => {
    const ring = ringOf(rsa.publicJwk);
    for (const header of [
      { crit: ['exp'] },
      { crit: [] },
      { crit: 'x' },
      { b64: false, crit: ['b64'] },
      { b64: 'no' },
    ]) {
      const text = `${part({ alg: 'RS256', ...header })}.${part(goodClaims)}`;
      const token = `${text}.${createSign('sha256').update(text).sign(rsa.privateKey, 'base64url')}`;
      expect((await decode(token, ring)).signature?.state).toBe('not_checked');
    }
  });

  it('a kind of key that the algorithm does not use', async () => {
    for (const [token, jwk] of [
      [es256, rsa.publicJwk],
      [rs256, ec.publicJwk],
      [rs256, { kty: 'oct', k: part('x'.repeat(32)) }],
    ] as const)
      expect((await decode(token, ringOf(jwk))).signature?.state).toBe('not_checked');
  });
});

describe('of several keys', () => {
  const nameless = signed({ alg: 'EdDSA' }, ed25519.privateKey);
  const stranger = pairOf(generateKeyPairSync('ed25519').privateKey);

  it.each<[string, readonly object[], string]>([
    [
      'one that fits verifies, whatever the others are',
      [ed448.publicJwk, stranger.publicJwk, ed25519.publicJwk],
      'verified',
    ],
    [
      'one that does not fit and one that cannot be tried leave it open',
      [stranger.publicJwk, ed448.publicJwk],
      'not_checked',
    ],
    [
      'those that do not fit make it wrong',
      [stranger.publicJwk, pairOf(generateKeyPairSync('ed25519').privateKey).publicJwk],
      'wrong',
    ],
    [
      'those that cannot have signed it do not count',
      [stranger.publicJwk, rsa.publicJwk, ec.publicJwk, { kty: 'AKP' }],
      'wrong',
    ],
    [
      'one for something else does not count beside one that was tried',
      [stranger.publicJwk, { ...ed448.publicJwk, use: 'enc' }],
      'wrong',
    ],
  ])('%s', async (_, keys, state) => {
    expect((await decode(nameless, ringOf(...keys))).signature?.state).toBe(state);
    const verification = await verify(nameless, {}, keysOf(...keys));
    const found = verification.checks.find(({ check }) => check === 'signature')?.state;
    expect(found).toBe({ verified: 'ok', not_checked: 'not_checked', wrong: 'failed' }[state]);
  });

  it('only the one that the token names counts', async () => {
    const token = signed({ alg: 'EdDSA', kid: 'k1' }, ed25519.privateKey);
    const keys = [withKid(stranger.publicJwk), withKid(ed448.publicJwk, 'k2'), withKid(ed25519.publicJwk, 'k3')];
    expect((await decode(token, ringOf(...keys))).signature).toEqual({
      state: 'wrong',
      reason: 'it does not match key k1 of key.jwk',
    });
    expect(Object.keys(failures(await verify(token, {}, keysOf(...keys))))).toEqual(['signature']);
  });
});

it('a signature forged for a key with an exponent of 1 is never verified, with any key set', async () => {
  // The padded hash itself: RFC 8017, section 9.2.
  const { n = '' } = rsa.publicJwk;
  const text = `${part({ alg: 'RS256', kid: 'k1' })}.${part(goodClaims)}`;
  const prefix = Buffer.from('3031300d060960864801650304020105000420', 'hex');
  const { createHash } = await import('node:crypto');
  const digest = createHash('sha256').update(text).digest();
  const size = Buffer.from(n, 'base64url').length;
  const padding = Buffer.alloc(size - 3 - prefix.length - digest.length, 0xff);
  const forged = Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), prefix, digest]);
  const token = `${text}.${forged.toString('base64url')}`;
  const jwk = withKid(exponentOne);
  expect((await decode(token, ringOf(jwk))).signature?.state).toBe('not_checked');
  expect((await verify(token, {}, keysOf(jwk))).valid).toBe(false);
});

describe('a key that exists only in a certificate', () => {
  const der = certificate.pem.replaceAll(/-----.*-----|\s/g, '');
  const { publicKey } = new X509Certificate(certificate.pem);
  const mine = signed({ alg: 'RS256', kid: 'k1' }, rsa.privateKey, 'sha256');

  it("is the test's key", () => {
    expect(publicKey.export({ format: 'jwk' })).toMatchObject({ n: rsa.publicJwk.n });
  });

  it.each<[string, object]>([
    ['with its kind', { kty: 'RSA', kid: 'k1', x5c: [der] }],
    ['without its kind', { kid: 'k1', x5c: [der] }],
    [
      'with all that Auth0 says beside it',
      { alg: 'RS256', kty: 'RSA', use: 'sig', kid: 'k1', x5t: 'x', x5c: [der, 'AAAA'] },
    ],
    ['in lines', { kid: 'k1', x5c: [der.replaceAll(/.{64}/g, '$&\n')] }],
  ])('%s verifies', async (_, jwk) => {
    const set = { keys: [withKid(ec.publicJwk, 'k2'), jwk] };
    expect((await decode(mine, keyRingOf(JSON.stringify(set), 'set'))).signature?.state).toBe('verified');
    const read = readKeySet(set);
    const keys = publicKeys(await readCertificates(read.ok ? read.value : []), 'the set', 'RS256');
    expect(failures(await verify(mine, {}, keySourceOf(keys, 'the set')))).toEqual({});
    expect((await verify(mine, {}, keySourceOf(keys, 'the set'))).valid).toBe(true);
  });

  it('that declares another kind is refused', async () => {
    const set = { keys: [{ kty: 'EC', crv: 'P-256', kid: 'k1', x5c: [der] }] };
    expect((await decode(mine, keyRingOf(JSON.stringify(set), 'set'))).signature?.state).toBe('not_checked');
  });
});

describe('a key set is read completely', () => {
  const key = withKid(rsa.publicJwk);

  it.each<[string, unknown]>([
    ['as a set', { keys: [key] }],
    ['as one key', key],
    ['as a list of keys', [key]],
    ['with members beside it', { issuer: 'x', keys: [key], next: null, expires: 7 }],
    [
      'with members of its own',
      { keys: [{ ...key, 'urn:x': { a: [1] }, x5t: 7, x5u: 'https://e.example', nbf: 1, revoked: null }] },
    ],
    ['among what is no key', { keys: [null, 'x', 7, [], {}, { kid: 'k1' }, { kty: 7, kid: 'k1' }, key] }],
    ['among keys of a kind nobody knows', { keys: [{ kty: 'AKP', kid: 'k1', pub: 'x' }, { kty: 'WALNUT' }, key] }],
    [
      'among others of its name',
      { keys: [withKid(otherRsa.publicJwk), withKid(ec.publicJwk), key, withKid(small.publicJwk)] },
    ],
    [
      'behind a hundred and fifty others',
      { keys: [...Array.from({ length: 150 }, (_, index) => withKid(otherRsa.publicJwk, `o${index}`)), key] },
    ],
    ['without its name', { keys: [rsa.publicJwk] }],
    ['without anything but its numbers', { keys: [{ kty: 'RSA', n: rsa.publicJwk.n, e: rsa.publicJwk.e }] }],
    ['with null for what it has not', { keys: [{ ...key, use: null, alg: null, key_ops: null, x5c: null }] }],
    ['with its private half', { keys: [withKid(rsa.jwk)] }],
    ['with a number for a name', { keys: [{ ...rsa.publicJwk, kid: 7 }] }],
    ['beside a shared secret', { keys: [{ kty: 'oct', k: 'AAAA', kid: 'k1' }, key] }],
  ])('%s', async (_, set) => {
    for (const text of [JSON.stringify(set), `\ufeff${JSON.stringify(set, null, 2)}\r\n`]) {
      expect((await decode(rs256, keyRingOf(text, 'set'))).signature?.state).toBe('verified');
    }
    const read = readKeySet(set);
    const keys = publicKeys(await readCertificates(read.ok ? read.value : []), 'the set');
    expect((await verify(rs256, {}, keySourceOf(keys, 'the set'))).valid).toBe(true);
  });

  it.each([[{ jwks: [] }], [{}], ['text'], [null], [7], [{ keys: 'x' }]])('and %j is refused', (value) => {
    expect(readKeySet(value)).toEqual({ ok: false, problem: 'the body must be a JWK Set' });
  });
});

it('a token is verified with a key of 2048 bits and more, and with an exponent of 3', async () => {
  const three = pairOf(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey);
  const token = await sign(goodClaims, three.privateKey, { alg: 'RS256' });
  expect((await decode(token, ringOf(three.publicJwk))).signature?.state).toBe('verified');
});
