import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { clientAssertion } from '../../../../src/domain/exchange/management/client-assertion.ts';
import { failureOf, noon } from '../../../support/domain.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const audience = 'https://acme.eu.auth0.com/';

describe('a client assertion', () => {
  it.each([
    ['RS256', rsa],
    ['RS384', rsa],
    ['PS256', rsa],
    ['ES256', ec],
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
    const text = JSON.stringify({ ...rsa.export({ format: 'jwk' }), kid: 'k1' });
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
    const text = String(ec.export({ type: 'pkcs8', format: 'pem' }));
    const credentials = { kind: 'private_key', clientId: 'tool', alg: 'RS256' } as const;
    expect(await failureOf(() => clientAssertion(credentials, text, { audience, nowMs: noon }))).toMatchObject({
      code: 'usage',
      message: 'The private key of client tool is not an RSA key, which RS256 needs.',
    });
  });
});
