import { createHmac, createSign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyRingOf } from '../../../src/domain/token/key-file.ts';
import type { KeyRing } from '../../../src/domain/token/key-source.ts';
import { decode, ec, noKeys, otherRsa, part, ringOf, rsa, sign } from '../../support/tokens.ts';

const claims = { iss: 'https://acme.example/', sub: 'anon|1', scope: 'read:catalog' };
const forged = { ...claims, scope: 'admin' };
const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();

async function stateOf(token: string, keys: KeyRing) {
  return (await decode(token, keys)).signature?.state;
}

function hs256(header: object, secret: string | Buffer): string {
  const signed = `${part({ alg: 'HS256', ...header })}.${part(forged)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** Who has only the public key may try to use its text as the secret of an HMAC. @see RFC 8725, section 2.1 */
describe('a token signed with HS256 and a public key as the secret is not even checked with that key', () => {
  const der = rsa.publicKey.export({ type: 'spki', format: 'der' });
  it.each<[string, string | Buffer]>([
    ['its PEM text', pem],
    ['its PEM text without the last line break', pem.trim()],
    ['its DER bytes', der],
    ['its modulus', Buffer.from(rsa.publicJwk.n ?? '', 'base64url')],
    ['the text of its modulus', rsa.publicJwk.n ?? ''],
    ['its JWK', JSON.stringify(rsa.publicJwk)],
    ['nothing', ''],
  ])('%s', async (_, secret) => {
    const token = hs256({}, secret);
    for (const keys of [keyRingOf(pem, 'key.pem'), ringOf(rsa.publicJwk), ringOf({ ...rsa.publicJwk, alg: 'RS256' })]) {
      expect((await decode(token, keys)).signature).toEqual({
        state: 'not_checked',
        reason: expect.stringMatching(/^its algorithm is HS256, but key\.(pem|jwk) is for RS256/),
      });
    }
  });
});

describe('a token with alg none', () => {
  it.each(['', part('a signature')])('is never verified, with any key and any signature: %j', async (end) => {
    const token = `${part({ alg: 'none' })}.${part(forged)}.${end}`;
    for (const keys of [noKeys, ringOf(rsa.publicJwk), ringOf({ kty: 'oct', k: '' })]) {
      expect(await stateOf(token, keys)).toBe('not_checked');
    }
  });

  it.each(['None', 'NONE', 'nOnE', '', 'none '])(
    'written as %j has an unknown algorithm, and is not checked with or without a key',
    async (alg) => {
      const token = `${part({ alg })}.${part(forged)}.`;
      for (const keys of [noKeys, ringOf(rsa.publicJwk)]) expect(await stateOf(token, keys)).toBe('not_checked');
    },
  );
});

describe('a token is wrong when', () => {
  const keys = ringOf(rsa.publicJwk);
  const genuine = () => sign(claims, rsa.privateKey, { alg: 'RS256' });

  it('its payload was changed', async () => {
    const [head, , signature] = (await genuine()).split('.');
    const decoded = await decode(`${head}.${part(forged)}.${signature}`, keys);
    expect(decoded).toMatchObject({
      claims: forged,
      signature: { state: 'wrong', reason: 'it does not match key.jwk' },
    });
  });

  it('its header was changed', async () => {
    const [, body, signature] = (await genuine()).split('.');
    expect(await stateOf(`${part({ alg: 'RS256', kid: 'x' })}.${body}.${signature}`, keys)).toBe('wrong');
    expect(await stateOf(`${part({ alg: 'RS512' })}.${body}.${signature}`, keys)).toBe('wrong');
  });

  it('its signature was cut off or cut short', async () => {
    const [head, body, signature = ''] = (await genuine()).split('.');
    expect(await stateOf(`${head}.${body}.`, keys)).toBe('wrong');
    expect(await stateOf(`${head}.${body}.${signature.slice(0, -4)}`, keys)).toBe('wrong');
  });

  it('somebody else signed it', async () => {
    expect(await stateOf(await sign(claims, otherRsa.privateKey, { alg: 'RS256' }), keys)).toBe('wrong');
  });

  it('it brings its own key', async () => {
    const token = await sign(forged, otherRsa.privateKey, { alg: 'RS256', jwk: otherRsa.publicJwk });
    expect(await stateOf(token, keys)).toBe('wrong');
  });

  it('an ECDSA signature is of zeros', async () => {
    const token = `${part({ alg: 'ES256' })}.${part(forged)}.${Buffer.alloc(64).toString('base64url')}`;
    expect(await stateOf(token, ringOf(ec.publicJwk))).toBe('wrong');
  });
});

describe('a token is not checked, and so neither verified nor wrong, when', () => {
  const keys = ringOf(rsa.publicJwk);

  it('its algorithm is not the one that the key names', async () => {
    const token = await sign(claims, rsa.privateKey, { alg: 'PS256' });
    expect(await stateOf(token, keys)).toBe('verified');
    expect(await stateOf(token, ringOf({ ...rsa.publicJwk, alg: 'RS256' }))).toBe('not_checked');
  });

  it('it requires an unknown extension', async () => {
    const signed = `${part({ alg: 'RS256', crit: ['exp'], exp: 1 })}.${part(claims)}`;
    const token = `${signed}.${createSign('RSA-SHA256').update(signed).sign(rsa.privateKey, 'base64url')}`;
    expect(await stateOf(token, keys)).toBe('not_checked');
  });

  it('the key is empty', async () => {
    expect(await stateOf(hs256({}, ''), ringOf({ kty: 'oct', k: '' }))).toBe('not_checked');
  });
});

describe('the key that a token names', () => {
  const one = { ...rsa.publicJwk, kid: 'one' };
  const two = { ...otherRsa.publicJwk, kid: 'two' };

  it('is the only one tried if it exists', async () => {
    const token = await sign(claims, rsa.privateKey, { alg: 'RS256', kid: 'two' });
    expect((await decode(token, ringOf(one, two))).signature).toEqual({
      state: 'wrong',
      reason: 'it does not match key two of key.jwk',
    });
  });

  it.each([['three'], [7]])('that does not exist (%s) leaves all of them', async (kid) => {
    const token = await sign(claims, otherRsa.privateKey, { alg: 'RS256', kid });
    expect((await decode(token, ringOf(one, two))).signature).toEqual({
      state: 'verified',
      key: 'key two of key.jwk',
    });
  });
});
