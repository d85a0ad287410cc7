import { generateKeyPairSync } from 'node:crypto';
import { CompactEncrypt, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { tenantKeyRing } from '../../../src/domain/token/tenant-keys.ts';
import { connectionTo } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';
import { decode, ec, ecPair, type KeyPair, pairOf, ringOf, rsa, sign } from '../../support/tokens.ts';

const claims = { iss: 'https://acme.example/', sub: 'anon|1', exp: 1_780_315_300 };
const [p384, p521] = [ecPair('P-384'), ecPair('P-521')];
const ed25519 = pairOf(generateKeyPairSync('ed25519').privateKey);
const x25519 = pairOf(generateKeyPairSync('x25519').privateKey);
const octets = (length: number) => Buffer.from(Array.from({ length }, (_, index) => index + 1));
const oct = (key: Uint8Array) => ({ kty: 'oct', k: Buffer.from(key).toString('base64url') });

describe('a token that jose signed is verified', () => {
  it.each<[string, KeyPair]>([
    ['RS256', rsa],
    ['RS384', rsa],
    ['RS512', rsa],
    ['PS256', rsa],
    ['PS384', rsa],
    ['PS512', rsa],
    ['ES256', ec],
    ['ES384', p384],
    ['ES512', p521],
    ['EdDSA', ed25519],
    ['Ed25519', ed25519],
  ])('with %s, by the public key and by the private one', async (alg, { privateKey, jwk, publicJwk }) => {
    const token = await sign(claims, privateKey, { alg });
    for (const key of [publicJwk, jwk]) {
      expect(await decode(token, ringOf(key))).toMatchObject({ claims, signature: { state: 'verified' } });
    }
  });

  it.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ])('with %s', async (alg, length) => {
    const token = await sign(claims, octets(length), { alg });
    expect(await decode(token, ringOf(oct(octets(length))))).toMatchObject({
      claims,
      signature: { state: 'verified', key: 'key.jwk' },
    });
  });

  it('by the one key of several that fits, which is named', async () => {
    const token = await sign(claims, ec.privateKey, { alg: 'ES256' });
    const keys = ringOf({ ...ecPair('P-256').publicJwk, kid: 'one' }, { ...ec.publicJwk, kid: 'two' }, rsa.publicJwk);
    expect((await decode(token, keys)).signature).toEqual({ state: 'verified', key: 'key two of key.jwk' });
  });

  it('by a key that is marked for something else, for that is not about checking', async () => {
    const token = await sign(claims, rsa.privateKey, { alg: 'RS256' });
    const key = { ...rsa.jwk, use: 'enc', key_ops: ['decrypt'] };
    expect((await decode(token, ringOf(key))).signature).toMatchObject({ state: 'verified' });
  });
});

it('a token that jose made without a signature is reported as unsigned', async () => {
  const token = new UnsecuredJWT(claims).encode();
  expect(await decode(token, ringOf(rsa.publicJwk))).toMatchObject({ claims, signature: { state: 'not_checked' } });
});

function seal(contents: string | object, key: KeyPair['publicKey'] | Uint8Array, alg: string, enc = 'A256GCM') {
  const text = typeof contents === 'string' ? contents : JSON.stringify(contents);
  return new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader({ alg, enc }).encrypt(key);
}

describe('a token that jose encrypted is decrypted', () => {
  it.each<[string, KeyPair]>([
    ['RSA-OAEP', rsa],
    ['RSA-OAEP-256', rsa],
    ['RSA-OAEP-384', rsa],
    ['RSA-OAEP-512', rsa],
    ['ECDH-ES', ec],
    ['ECDH-ES', p521],
    ['ECDH-ES', x25519],
    ['ECDH-ES+A128KW', ec],
    ['ECDH-ES+A192KW', p384],
    ['ECDH-ES+A256KW', x25519],
  ])('with %s, by the private key', async (alg, { publicKey, jwk, publicJwk }) => {
    const token = await seal(claims, publicKey, alg);
    expect(await decode(token, ringOf(jwk))).toMatchObject({ claims, seal: { state: 'opened_unauthenticated' } });
    expect(await decode(token, ringOf(publicJwk))).toMatchObject({ claims: undefined, seal: { state: 'sealed' } });
  });

  it.each([
    ['dir', 'A128GCM', 16],
    ['dir', 'A192GCM', 24],
    ['dir', 'A256GCM', 32],
    ['dir', 'A128CBC-HS256', 32],
    ['dir', 'A192CBC-HS384', 48],
    ['dir', 'A256CBC-HS512', 64],
    ['A128KW', 'A256GCM', 16],
    ['A192KW', 'A256GCM', 24],
    ['A256KW', 'A128CBC-HS256', 32],
    ['A128GCMKW', 'A256GCM', 16],
    ['A192GCMKW', 'A256GCM', 24],
    ['A256GCMKW', 'A256GCM', 32],
  ])('with %s and %s, by the shared key', async (alg, enc, length) => {
    const token = await seal(claims, octets(length), alg, enc);
    expect(await decode(token, ringOf(oct(octets(length))))).toMatchObject({ claims, seal: { state: 'opened' } });
    expect(await decode(token, ringOf(oct(Buffer.alloc(length, 9))))).toMatchObject({
      claims: undefined,
      seal: { state: 'sealed', reason: "it can't be decrypted with key.jwk" },
    });
  });

  it('by the one key of several that fits', async () => {
    const token = await seal('text', octets(32), 'dir');
    const keys = ringOf(rsa.jwk, oct(octets(16)), { ...oct(octets(32)), kid: 'third' });
    expect(await decode(token, keys)).toMatchObject({
      text: 'text',
      seal: { state: 'opened', key: 'key third of key.jwk' },
    });
  });

  it('but not when it was compressed beyond reason', async () => {
    const compressed = (size: number) =>
      new CompactEncrypt(Buffer.alloc(size, 'x'))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', zip: 'DEF' })
        .encrypt(octets(32));
    const keys = ringOf(oct(octets(32)));
    expect(await decode(await compressed(1000), keys)).toMatchObject({ text: 'x'.repeat(1000) });
    expect(await decode(await compressed(20_000_000), keys)).toMatchObject({
      text: undefined,
      seal: { state: 'sealed' },
    });
  });

  it('but not with a password: that one is never tried', async () => {
    const token = await seal(claims, octets(32), 'PBES2-HS256+A128KW');
    expect((await decode(token, ringOf(oct(octets(32))))).seal).toEqual({
      state: 'sealed',
      reason: "its algorithm can't be used with key.jwk",
    });
  });
});

describe('a token inside an encrypted one', () => {
  const keys = ringOf({ ...ec.publicJwk, kid: 'signs' }, { ...oct(octets(32)), kid: 'seals' });

  it('is decoded too, and its signature checked', async () => {
    const nested = await seal(await sign(claims, ec.privateKey, { alg: 'ES256' }), octets(32), 'dir');
    expect(await decode(nested, keys)).toMatchObject({
      form: 'jwe',
      claims: undefined,
      text: undefined,
      seal: { state: 'opened', key: 'key seals of key.jwk' },
      inner: { form: 'jws', claims, signature: { state: 'verified', key: 'key signs of key.jwk' } },
    });
  });

  it('is wrong if its signature is, even if the encryption is authentic', async () => {
    const nested = await seal(await sign(claims, ecPair('P-256').privateKey, { alg: 'ES256' }), octets(32), 'dir');
    expect(await decode(nested, keys)).toMatchObject({
      seal: { state: 'opened' },
      inner: { signature: { state: 'wrong' } },
    });
  });

  it('can be encrypted itself', async () => {
    const nested = await seal(await seal(claims, octets(32), 'dir'), octets(32), 'dir');
    expect(await decode(nested, keys)).toMatchObject({ inner: { form: 'jwe', claims, seal: { state: 'opened' } } });
  });

  it('is followed at most three levels deep', async () => {
    let token = await seal('the innermost', octets(32), 'dir');
    for (let level = 0; level < 3; level += 1) token = await seal(token, octets(32), 'dir');
    const { inner } = await decode(token, keys);
    expect(inner?.inner).toMatchObject({ form: 'jwe', inner: undefined, text: expect.stringMatching(/^eyJ/) });
  });

  it.each(['www.example.com', 'a.b.c', 'one.two.three.four.five', 'eyJhbGciOiJub25lIn0.!.'])(
    'is not mistaken for one: %s is text',
    async (text) => {
      expect(await decode(await seal(text, octets(32), 'dir'), keys)).toMatchObject({
        seal: { state: 'opened' },
        text,
        inner: undefined,
      });
    },
  );
});

describe('the tokens of a tenant', () => {
  it.each(['jwe', 'jwt'] as const)('in the format %s are opened and verified with its keys', async (format) => {
    const tenant = await openTenant({ settings: { anonymous_session_token_format: format } });
    const tokens = await tenant.session({ metadata: { language: 'en' } });
    const keys = tenantKeyRing(connectionTo(tenant));
    const signature = { state: 'verified', key: expect.stringMatching(/^key \S+ of https:\/\/localhost:4400\/$/) };
    const session = await decode(tokens.session_token, keys);
    expect(session.claims).toMatchObject({ iss: tenant.issuer, metadata: { language: 'en' } });
    expect(session).toMatchObject(
      format === 'jwt' ? { signature } : { seal: { state: 'opened', key: "the tenant's session key" } },
    );
    expect(await decode(tokens.access_token, keys)).toMatchObject({ claims: { iss: tenant.issuer }, signature });
  });
});
