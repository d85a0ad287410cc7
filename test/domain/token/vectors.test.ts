import { describe, expect, it } from 'vitest';
import rfc7515 from '../../fixtures/tokens/rfc7515.json' with { type: 'json' };
import rfc7516 from '../../fixtures/tokens/rfc7516.json' with { type: 'json' };
import rfc7519 from '../../fixtures/tokens/rfc7519.json' with { type: 'json' };
import rfc7520 from '../../fixtures/tokens/rfc7520.json' with { type: 'json' };
import { decode, ec, otherRsa, ringOf } from '../../support/tokens.ts';
import { failures, keysOf, stateOf, unknowns, verify } from '../../support/verification.ts';

interface Example {
  readonly token: string;
  readonly key: object;
  readonly claims?: object;
  readonly text?: string;
}

const signed: [string, Example][] = [
  ['RFC 7519, section 3.1, HS256', rfc7519.examples['3.1']],
  ['RFC 7515, A.1, HS256', rfc7515.examples['A.1']],
  ['RFC 7515, A.2, RS256', rfc7515.examples['A.2']],
  ['RFC 7515, A.3, ES256', rfc7515.examples['A.3']],
  ['RFC 7515, A.4, ES512', rfc7515.examples['A.4']],
  ['RFC 7520, section 4.1, RS256', rfc7520.examples['4.1']],
  ['RFC 7520, section 4.2, PS384', rfc7520.examples['4.2']],
  ['RFC 7520, section 4.3, ES512', rfc7520.examples['4.3']],
  ['RFC 7520, section 4.4, HS256', rfc7520.examples['4.4']],
];

const sealed: [string, Example][] = [
  ['RFC 7516, A.1, RSA-OAEP and A256GCM', rfc7516.examples['A.1']],
  ['RFC 7516, A.3, A128KW and A128CBC-HS256', rfc7516.examples['A.3']],
  ['RFC 7520, section 5.2, RSA-OAEP and A256GCM', rfc7520.examples['5.2']],
  ['RFC 7520, section 5.4, ECDH-ES+A128KW and A128GCM', rfc7520.examples['5.4']],
  ['RFC 7520, section 5.5, ECDH-ES and A128CBC-HS256', rfc7520.examples['5.5']],
  ['RFC 7520, section 5.6, dir and A128GCM', rfc7520.examples['5.6']],
  ['RFC 7520, section 5.7, A256GCMKW and A128CBC-HS256', rfc7520.examples['5.7']],
  ['RFC 7520, section 5.8, A128KW and A128GCM', rfc7520.examples['5.8']],
  ['RFC 7520, section 5.9, A128KW and compressed', rfc7520.examples['5.9']],
];

/** RSA1_5, which tells who asks often enough; and PBES2, whose header says how long trying takes. */
const neverOpened: [string, Example][] = [
  ['RFC 7516, A.2, RSA1_5', rfc7516.examples['A.2']],
  ['RFC 7519, A.1, RSA1_5', rfc7519.examples['A.1']],
  ['RFC 7519, A.2, RSA1_5 around RS256', rfc7519.examples['A.2']],
  ['RFC 7520, section 5.1, RSA1_5', rfc7520.examples['5.1']],
  ['RFC 7520, section 5.3, PBES2-HS512+A256KW', rfc7520.examples['5.3']],
];

const nested: [string, Example] = [
  'RFC 7520, section 6, RSA-OAEP around PS256',
  { ...rfc7520.examples['6'], claims: undefined },
];

const strangers: [string, object][] = [
  ['symmetric', { kty: 'oct', k: Buffer.alloc(64, 7).toString('base64url') }],
  ['RSA', otherRsa.publicJwk],
  ['P-256', ec.publicJwk],
];

describe.each(signed)('%s', (_, { token, key, claims, text }) => {
  it('is verified with its key, and its contents are read', async () => {
    expect(await decode(token, ringOf(key))).toMatchObject({
      form: 'jws',
      claims,
      text,
      seal: undefined,
      signature: { state: 'verified' },
    });
  });

  it('is read without a key, and reported as not checked', async () => {
    expect(await decode(token)).toMatchObject({
      claims,
      text,
      signature: { state: 'not_checked', reason: 'no key of its issuer available' },
    });
  });

  it.each(strangers)('is not verified with another %s key', async (_kind, stranger) => {
    // Of another kind of key it cannot even be tried.
    const kindOf = (jwk: object) => Object.entries(jwk).filter(([name]) => name === 'kty' || name === 'crv');
    const state = String(kindOf(stranger)) === String(kindOf(key)) ? 'wrong' : 'not_checked';
    expect(await decode(token, ringOf(stranger))).toMatchObject({ claims, text, signature: { state } });
  });
});

it('RFC 7520, section 4.5, without its contents, which are elsewhere: is read as empty, and its signature does not fit that', async () => {
  const { token, key } = rfc7520.examples['4.5'];
  expect(await decode(token, ringOf(key))).toMatchObject({ text: '', signature: { state: 'wrong' } });
});

it('RFC 7519, section 6.1, unsecured, which is RFC 7515, A.5: is read, and its signature is not checked for it has none', async () => {
  const { token, claims } = rfc7519.examples['6.1'];
  expect(rfc7515.examples['A.5']).toEqual({ token, claims });
  for (const keys of [undefined, ringOf(rfc7519.examples['3.1'].key)]) {
    expect(await decode(token, keys)).toMatchObject({
      header: { alg: 'none' },
      claims,
      signature: { state: 'not_checked', reason: "the token is not signed (alg 'none')" },
    });
  }
});

describe('an encrypted example', () => {
  it.each(sealed)('%s, is decrypted with its key', async (_, { token, key, text }) => {
    const byPublicKey = !('k' in key);
    expect(await decode(token, ringOf(key))).toMatchObject({
      form: 'jwe',
      text,
      claims: undefined,
      signature: undefined,
      seal: { state: byPublicKey ? 'opened_unauthenticated' : 'opened' },
    });
  });

  it.each(neverOpened)(
    '%s, stays encrypted even with its key, because its algorithm is obsolete',
    async (_, { token, key }) => {
      expect(await decode(token, ringOf(key))).toMatchObject({
        form: 'jwe',
        claims: undefined,
        text: undefined,
        seal: {
          state: 'sealed',
          reason: expect.stringMatching(/^its algorithm can't be used with .*key\.jwk$/),
        },
      });
    },
  );

  it.each([...sealed, ...neverOpened, nested])(
    '%s, stays encrypted without its key, and that is not an error',
    async (_, { token }) => {
      expect(await decode(token)).toMatchObject({
        form: 'jwe',
        seal: { state: 'sealed', reason: 'no key on this machine' },
        times: [],
      });
    },
  );
});

it('RFC 7520, section 6, a signed token in an encrypted one: both are read', async () => {
  const { token, key, signatureKey, claims } = rfc7520.examples['6'];
  expect(await decode(token, ringOf(key, signatureKey))).toMatchObject({
    seal: { state: 'opened_unauthenticated', key: 'key samwise.gamgee@hobbiton.example of key.jwk' },
    inner: {
      claims,
      signature: { state: 'verified', key: 'key hobbiton.example of key.jwk' },
    },
  });
});

/** As access tokens: a signature that is good, and then claims, where the example has some. */
describe('verified as an access token', () => {
  const publicKey = signed.filter(([name]) => !name.includes('HS256'));

  it.each(publicKey)('%s, has a good signature with its key', async (_, { token, key, claims }) => {
    const verification = await verify(token, {}, keysOf(key));
    expect(stateOf(verification, 'algorithm')).toBe('ok');
    expect(stateOf(verification, 'signature')).toBe('ok');
    expect(verification.claims).toEqual(claims);
    // Those with claims ended in 2011; the others hold text.
    expect(Object.keys(failures(verification))).toEqual([claims ? 'exp' : 'claims']);
  });

  it.each(publicKey)('%s, has a wrong one if a byte differs', async (_, { token, key }) => {
    const [head, body = '', signature = ''] = token.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    const changed = `${head}.${body}.${bytes.toString('base64url')}`;
    expect(Object.keys(failures(await verify(changed, {}, keysOf(key))))).toEqual(['signature']);
  });

  it.each(signed.filter(([name]) => name.includes('HS256')))('%s, is refused even with its key', async (_, example) => {
    const verification = await verify(example.token, {}, keysOf(example.key, otherRsa.publicJwk));
    expect(failures(verification)).toEqual({ algorithm: expect.stringContaining('HS256 needs a shared secret') });
  });

  it('RFC 7519, section 6.1, unsecured: is refused for that', async () => {
    const { token } = rfc7519.examples['6.1'];
    expect(failures(await verify(token))).toEqual({ algorithm: "'none': the token is not signed" });
  });

  it.each([...sealed, ...neverOpened, nested])('%s, encrypted, cannot be checked', async (_, { token }) => {
    const verification = await verify(token);
    expect(verification).toMatchObject({ valid: false, claims: undefined });
    expect([failures(verification), Object.keys(unknowns(verification))]).toEqual([{}, ['kind']]);
  });
});
