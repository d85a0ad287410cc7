import { createHmac, generateKeyPairSync } from 'node:crypto';
import { CompactEncrypt } from 'jose';
import { describe, expect, it } from 'vitest';
import { keyRingOf } from '../../../src/domain/token/key-file.ts';
import certificate from '../../fixtures/tokens/certificate.json' with { type: 'json' };
import { failureOf } from '../../support/domain.ts';
import { decode, ec, ecPair, noKeys, part, rsa, sign } from '../../support/tokens.ts';

const any = { kid: undefined, issuer: undefined };

function pem(key: typeof rsa.privateKey, type: 'spki' | 'pkcs1' | 'pkcs8' | 'sec1'): string {
  return key.export({ type, format: 'pem' } as { type: 'pkcs8'; format: 'pem' }).toString();
}

describe('a key is read from', () => {
  it.each([
    ['a JWK', JSON.stringify(rsa.publicJwk)],
    ['a private JWK', JSON.stringify(rsa.jwk)],
    ['a JWK Set', JSON.stringify({ keys: [rsa.publicJwk] })],
    ['a public key in PEM (SPKI)', pem(rsa.publicKey, 'spki')],
    ['a public key in PEM (PKCS #1)', pem(rsa.publicKey, 'pkcs1')],
    ['a private key in PEM (PKCS #8)', pem(rsa.privateKey, 'pkcs8')],
    ['a private key in PEM (PKCS #1)', pem(rsa.privateKey, 'pkcs1')],
    ['a certificate', certificate.pem],
    [
      'PEM with line ends of Windows and words around it',
      `Key:\r\n${pem(rsa.publicKey, 'spki').replaceAll('\n', '\r\n')}`,
    ],
  ])('%s', async (_, text) => {
    const token = await sign({ sub: 'anon|1' }, rsa.privateKey, { alg: 'RS256' });
    expect((await decode(token, keyRingOf(text, 'a.key'))).signature).toEqual({ state: 'verified', key: 'a.key' });
  });

  it.each([
    ['SPKI', pem(ec.publicKey, 'spki')],
    ['PKCS #8', pem(ec.privateKey, 'pkcs8')],
    ['SEC 1', pem(ec.privateKey, 'sec1')],
  ])('an elliptic-curve key in PEM (%s)', async (_, text) => {
    const token = await sign('text', ec.privateKey, { alg: 'ES256' });
    expect(await decode(token, keyRingOf(text, 'ec.pem'))).toMatchObject({ signature: { state: 'verified' } });
  });
});

describe('an encrypted token is decrypted with', () => {
  const text = new TextEncoder().encode('{"sub":"anon|1"}');
  const secret = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index));
  const sealed = () => new CompactEncrypt(text).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(secret);

  it.each([
    ['its raw bytes', secret],
    ['base64url', secret.toString('base64url')],
    ['base64', `${secret.toString('base64')}\n`],
    ['hex and a line end', `${secret.toString('hex')}\r\n`],
    ['upper-case hex', secret.toString('hex').toUpperCase()],
    ['a JWK', JSON.stringify({ kty: 'oct', k: secret.toString('base64url') })],
  ])('the secret key as %s', async (_, file) => {
    const decoded = await decode(await sealed(), keyRingOf(file, 'a.key'));
    expect(decoded).toMatchObject({ seal: { state: 'opened', key: 'a.key' }, claims: { sub: 'anon|1' } });
  });

  it('no key of another length or value, which is named once', async () => {
    const other = Buffer.alloc(32, 'a').toString('hex');
    expect((await decode(await sealed(), keyRingOf(other, 'a.key'))).seal).toEqual({
      state: 'sealed',
      reason: "it can't be decrypted with a.key",
    });
    expect((await decode(await sealed(), noKeys)).seal).toMatchObject({ reason: 'no key on this machine' });
  });

  it.each([
    ['RSA-OAEP-256', rsa],
    ['ECDH-ES', ec],
    ['ECDH-ES+A256KW', ec],
  ])(
    'the private key in PEM that %s is for, also beside others in the file',
    async (alg, { publicKey, privateKey }) => {
      const token = await new CompactEncrypt(text).setProtectedHeader({ alg, enc: 'A256GCM' }).encrypt(publicKey);
      const file = `${pem(ecPair('P-521').publicKey, 'spki')}${pem(privateKey, 'pkcs8')}`;
      expect((await decode(token, keyRingOf(file, 'keys.pem'))).seal).toEqual({
        state: 'opened_unauthenticated',
        key: 'keys.pem',
      });
    },
  );
});

describe('the keys of a file', () => {
  it('are named by their id and the file', async () => {
    const set = { keys: [{ ...rsa.publicJwk, kid: 'one' }, ec.publicJwk, { ...ec.publicJwk, kid: 7 }] };
    const keys = await keyRingOf(JSON.stringify(set), 'jwks.json').signatureKeys(any);
    expect(keys.map(({ name }) => name)).toEqual(['key one of jwks.json', 'jwks.json', 'jwks.json']);
  });

  it('are the valid keys of a set', async () => {
    const set = { keys: [null, 'x', {}, { kty: 7 }, { kty: 'RSA', kid: 'a' }, []] };
    expect(await keyRingOf(JSON.stringify(set), 'jwks.json').sealKeys()).toEqual([
      { name: 'key a of jwks.json', jwk: { kty: 'RSA', kid: 'a' }, anyUse: true },
    ]);
  });

  it('of an unknown kind leave tokens unchecked or encrypted, and are not an error', async () => {
    const token = await sign('text', rsa.privateKey, { alg: 'RS256' });
    for (const key of [
      { kty: 'AKP' },
      { kty: 'EC', crv: 'constructor' },
      { kty: 'RSA' },
      ecPair('secp256k1').publicJwk,
    ]) {
      const ring = keyRingOf(JSON.stringify(key), 'odd.jwk');
      expect((await decode(token, ring)).signature?.state).toBe('not_checked');
      expect(
        (await decode(`${Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url')}..AA.AA.AA`, ring)).seal,
      ).toEqual({ state: 'sealed', reason: "its algorithm can't be used with odd.jwk" });
    }
  });

  it.each([
    ['RSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey, /unsupported key type \(rsa-pss\)/],
    [
      'another curve',
      generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' }).publicKey,
      /unsupported curve \(brainpoolP256r1\)/,
    ],
  ])('in PEM without a JWK form, %s, cannot check anything', async (_, key, reason) => {
    const token = await sign('text', rsa.privateKey, { alg: 'RS256' });
    const { signature } = await decode(token, keyRingOf(pem(key, 'spki'), 'odd.pem'));
    expect(signature).toEqual({ state: 'not_checked', reason: expect.stringMatching(reason) });
  });

  it('may be DER in base64, without the lines of PEM around it', async () => {
    const token = await sign('text', rsa.privateKey, { alg: 'RS256' });
    const der = rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    for (const text of [der, `${der.replaceAll(/.{64}/g, '$&\n')}\n`])
      expect((await decode(token, keyRingOf(text, 'a.key'))).signature?.state).toBe('verified');
  });
});

describe('a file has no key, and is not repeated, if it is', () => {
  it.each([
    ['empty', ''],
    ['a few words', 'no key'],
    ['lines of text', 'hunter2\nhunter3'],
    ['a page', '<html>hunter2</html>'],
    ['a list', '[]'],
    ['an object without a kind', '{"k":"hunter2"}'],
    ['an empty set', '{"keys":[]}'],
    ['a set of nothing that is a key', '{"keys":[{"k":"hunter2"}]}'],
    ['broken JSON', '{"kty":"oct","k":"hunter2"'],
    ['broken JSON as long as a key', '{"kty":"oct","k":"hunter2hunter2'],
    ['PEM of nothing', '-----BEGIN PUBLIC KEY-----\nhunter2\n-----END PUBLIC KEY-----'],
    ['PEM of something else', '-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----'],
  ])('%s', async (_, text) => {
    expect(await failureOf(() => keyRingOf(text, 'a.key'))).toMatchObject({
      code: 'usage',
      message: 'No key found in a.key.',
      hint: 'Pass a JWK, a JWK Set, a PEM key or certificate, or a secret key: raw, base64url or hex.',
    });
  });
});

it.each(['pkcs8', 'sec1'] as const)('a private key with a passphrase (%s) is reported as such', async (type) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const locked = privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' });
  expect(await failureOf(() => keyRingOf(String(locked), 'a.key'))).toMatchObject({
    code: 'usage',
    message: 'The key in a.key is protected by a passphrase.',
    hint: 'Remove the passphrase: openssl pkey -in <file> -out <private file>',
  });
});

describe('a secret for HS256 may have any length', () => {
  const signedWith = (secret: Buffer, alg: 'HS256' | 'HS384' | 'HS512' = 'HS256') => {
    const text = `${part({ alg })}.${part({ sub: 'anon|1' })}`;
    return `${text}.${createHmac(alg.replace('HS', 'sha'), secret).update(text).digest('base64url')}`;
  };
  const octets = (length: number) => Buffer.from(Array.from({ length }, (_, index) => 33 + (index % 90)));

  it.each([32, 33, 40, 47, 64, 65, 100, 200, 1000])(
    '%d bytes: from a file, as base64url, hex or a JWK',
    async (length) => {
      const secret = octets(length);
      const files = [
        secret,
        ...(length <= 500 ? [secret.toString('base64url'), secret.toString('hex')] : []),
        JSON.stringify({ kty: 'oct', k: secret.toString('base64url') }),
      ];
      for (const file of files) {
        expect((await decode(signedWith(secret), keyRingOf(file, 'a.key'))).signature).toEqual({
          state: 'verified',
          key: 'a.key',
        });
        const other = keyRingOf(file, 'a.key');
        expect((await decode(signedWith(octets(31)), other)).signature).toMatchObject({ state: 'wrong' });
      }
    },
  );

  it.each<[string, 'HS256' | 'HS384' | 'HS512', number]>([
    ['secret', 'HS256', 32],
    ['your-256-bit-secret', 'HS256', 32],
    ['7', 'HS256', 32],
    ['x'.repeat(31), 'HS256', 32],
    ['x'.repeat(32), 'HS384', 48],
    ['x'.repeat(63), 'HS512', 64],
  ])('%j is too short for %s, and works with a warning', async (text, alg, least) => {
    const secret = Buffer.from(text);
    for (const file of [text, `${text}\n`, JSON.stringify({ kty: 'oct', k: secret.toString('base64url') })]) {
      expect((await decode(signedWith(secret, alg), keyRingOf(file, 'a.key'))).signature).toEqual({
        state: 'verified',
        key: 'a.key',
        warning: `the secret has ${text.length} ${text.length === 1 ? 'byte' : 'bytes'}, but ${alg} requires ${least}: it could be guessed`,
      });
    }
  });
});
