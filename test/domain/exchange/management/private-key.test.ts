import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  clientAssertion,
  parseSigningAlgorithm,
  readPrivateKey,
} from '../../../../src/domain/exchange/management/private-key.ts';
import { failureOf, noon } from '../../../support/domain.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pkcs8 = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));
const jwkOf = (key: KeyObject, more = {}) => JSON.stringify({ ...key.export({ format: 'jwk' }), ...more });

describe('a private key', () => {
  it.each([
    ['PKCS#8', pkcs8(rsa.privateKey), 'RS256'],
    ['PKCS#8 of an elliptic curve', pkcs8(ec.privateKey), 'ES256'],
    ['PKCS#1', String(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' })), 'RS256'],
    ['SEC 1', String(ec.privateKey.export({ type: 'sec1', format: 'pem' })), 'ES256'],
    ['a JWK', jwkOf(rsa.privateKey), 'RS256'],
    ['a JWK of an elliptic curve', jwkOf(ec.privateKey), 'ES256'],
    ['a JWK that says what for', jwkOf(rsa.privateKey, { alg: 'PS256' }), 'PS256'],
    ['PEM after a byte order mark', `\uFEFF\n${pkcs8(rsa.privateKey)}`, 'RS256'],
  ])('may be %s', (_, text, alg) => {
    const read = readPrivateKey(text, 'key.pem');
    expect(read).toMatchObject({ alg, keyId: undefined });
    expect(read.key.type).toBe('private');
  });

  it('from a JWK keeps its id', () => {
    expect(readPrivateKey(jwkOf(rsa.privateKey, { kid: 'k1' }), 'key.json').keyId).toBe('k1');
  });

  it.each(['RS256', 'RS384', 'PS256'] as const)('of RSA is for %s', (alg) => {
    expect(readPrivateKey(pkcs8(rsa.privateKey), 'key.pem', alg).alg).toBe(alg);
  });

  const encrypted = String(
    rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }),
  );
  const oldEncrypted = String(
    rsa.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }),
  );
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const edwards = generateKeyPairSync('ed25519');
  it.each([
    ['encrypted PEM', encrypted, undefined, 'is encrypted.', 'openssl pkcs8 -topk8 -nocrypt'],
    ['encrypted PEM of the old kind', oldEncrypted, undefined, 'is encrypted.', 'openssl pkcs8'],
    [
      'a public key',
      String(rsa.publicKey.export({ type: 'spki', format: 'pem' })),
      undefined,
      'is a public key.',
      'Pass the private key',
    ],
    ['a public JWK', jwkOf(rsa.publicKey), undefined, 'is a public key.', 'Pass the private key'],
    [
      'a JWK Set',
      JSON.stringify({ keys: [JSON.parse(jwkOf(rsa.privateKey))] }),
      undefined,
      'is a JWK Set.',
      'a single private key',
    ],
    ['a symmetric JWK', '{"kty":"oct","k":"c2VjcmV0"}', undefined, 'is not an RSA or elliptic curve key.', ''],
    ['a JWK without its numbers', '{"kty":"RSA","d":"AQAB"}', undefined, 'is a damaged JWK.', ''],
    ['half a JWK', '{"kty":', undefined, 'is not PEM or a JWK.', ''],
    ['something else', 'hunter2', undefined, 'is not PEM or a JWK.', ''],
    ['cut PEM', pkcs8(rsa.privateKey).slice(0, 400), undefined, 'is damaged PEM.', ''],
    [
      'a key of OpenSSH',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
      undefined,
      'is in OpenSSH format.',
      'ssh-keygen',
    ],
    [
      'an elliptic curve key for RS256',
      pkcs8(ec.privateKey),
      'RS256',
      'is not an RSA key, which RS256 needs.',
      '--signing-alg ES256',
    ],
    [
      'an RSA key for ES256',
      pkcs8(rsa.privateKey),
      'ES256',
      'is not an elliptic curve key, which ES256 needs.',
      '--signing-alg RS256',
    ],
    ['another curve', pkcs8(otherCurve.privateKey), undefined, 'is not on curve P-256, which ES256 needs.', ''],
    ['an Edwards key', pkcs8(edwards.privateKey), undefined, 'is not an RSA key that RS256 can sign with.', ''],
    ['a small key', pkcs8(small.privateKey), undefined, 'has fewer than the 2048 bits that RS256 needs.', ''],
    [
      'a JWK for another algorithm',
      jwkOf(rsa.privateKey, { alg: 'RS384' }),
      'RS256',
      'is for RS384, not RS256.',
      '--signing-alg RS384',
    ],
  ] as const)('is not %s', async (_, text, alg, problem, hint) => {
    const error = await failureOf(() => readPrivateKey(text, 'key.pem', alg));
    expect(error).toMatchObject({ code: 'usage', message: `key.pem ${problem}` });
    expect(error.hint).toContain(hint);
    expect(`${error.message} ${error.hint}`).not.toContain(text.slice(40, 80) || text);
  });

  it('signs with no other algorithm', async () => {
    expect(parseSigningAlgorithm('PS256', '--signing-alg')).toBe('PS256');
    expect(await failureOf(() => parseSigningAlgorithm('HS256', '--signing-alg'))).toMatchObject({
      code: 'usage',
      message: '--signing-alg is not a supported signing algorithm.',
    });
  });
});

const audience = 'https://acme.eu.auth0.com/';

describe('a client assertion', () => {
  it.each([
    ['RS256', rsa.privateKey],
    ['RS384', rsa.privateKey],
    ['PS256', rsa.privateKey],
    ['ES256', ec.privateKey],
  ] as const)('is a JWT that lives at most three minutes, signed %s', async (alg, key) => {
    const text = String(key.export({ type: 'pkcs8', format: 'pem' }));
    const assertion = await clientAssertion({ kind: 'private_key', clientId: 'tool', alg }, text, {
      audience,
      nowMs: noon,
    });
    const { payload, protectedHeader } = await jwtVerify(assertion, createPublicKey(text), {
      algorithms: [alg],
      audience,
      issuer: 'tool',
      subject: 'tool',
      currentDate: new Date(noon),
      maxTokenAge: 1,
    });
    expect(protectedHeader).toEqual({ alg });
    expect(payload.jti).toMatch(/^[\w-]{20,}$/);
    expect(Number(payload.exp) - noon / 1000).toBeGreaterThan(30);
    expect(Number(payload.exp) - noon / 1000).toBeLessThanOrEqual(180);
  });

  it("is unique, and has the key's id if there is one", async () => {
    const text = JSON.stringify({ ...rsa.privateKey.export({ format: 'jwk' }), kid: 'k1' });
    const make = () =>
      clientAssertion({ kind: 'private_key', clientId: 'tool', alg: 'RS256' }, text, { audience, nowMs: noon });
    const [one = '', two = ''] = await Promise.all([make(), make()]);
    expect(one).not.toBe(two);
    expect(JSON.parse(Buffer.from(one.split('.')[0] ?? '', 'base64url').toString())).toEqual({
      alg: 'RS256',
      kid: 'k1',
    });
  });

  it('is not created with an unsuitable key', async () => {
    const text = String(ec.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const credentials = { kind: 'private_key', clientId: 'tool', alg: 'RS256' } as const;
    expect(await failureOf(() => clientAssertion(credentials, text, { audience, nowMs: noon }))).toMatchObject({
      code: 'usage',
      message: 'The private key of client tool is not an RSA key, which RS256 needs.',
    });
  });
});
