import { describe, expect, it } from 'vitest';
import { tenantKeyRing } from '../../../src/domain/token/tenant-keys.ts';
import { interrupted } from '../../../src/errors.ts';
import { connectionTo, failureOf, json, scriptedConnection } from '../../support/domain.ts';
import { openTenant } from '../../support/local.ts';
import { decode, otherRsa, rsa, sign } from '../../support/tokens.ts';

const claims = { iss: 'https://acme.example/', sub: 'anon|1' };
const served = (...keys: object[]) => tenantKeyRing(scriptedConnection([json({ keys })]));

describe("a token is checked against its tenant's keys", () => {
  it('when it names the tenant as its issuer, and is verified', async () => {
    const token = await sign(claims, rsa.privateKey, { alg: 'RS256', kid: 'k1' });
    expect((await decode(token, served({ ...rsa.publicJwk, kid: 'k1' }))).signature).toEqual({
      state: 'verified',
      key: 'key k1 of https://acme.example/',
    });
  });

  it('and is wrong when somebody else signed it', async () => {
    const token = await sign(claims, otherRsa.privateKey, { alg: 'RS256' });
    expect((await decode(token, served(rsa.publicJwk))).signature).toEqual({
      state: 'wrong',
      reason: 'it does not match key (no id) of https://acme.example/',
    });
  });

  it.each([
    ['another issuer', { iss: 'https://other.example/' }],
    ['an issuer without the slash', { iss: 'https://acme.example' }],
    ['an issuer that is no text', { iss: ['https://acme.example/'] }],
    ['no issuer', {}],
  ])('but not if it names %s: then nothing is fetched', async (_, names) => {
    const connection = scriptedConnection([]);
    const token = await sign({ ...claims, iss: undefined, ...names }, rsa.privateKey, { alg: 'RS256' });
    expect((await decode(token, tenantKeyRing(connection))).signature).toEqual({
      state: 'not_checked',
      reason: 'no key of its issuer available',
    });
    expect(connection.sent).toEqual([]);
  });

  it('with the algorithm that a key declares, and with RS256 where it declares none', async () => {
    const token = await sign(claims, rsa.privateKey, { alg: 'PS256' });
    const declared = served({ ...rsa.publicJwk, alg: 'PS256' });
    expect((await decode(token, declared)).signature).toMatchObject({ state: 'verified' });
    expect((await decode(token, served(rsa.publicJwk))).signature).toEqual({
      state: 'not_checked',
      reason: 'its algorithm is PS256, but key (no id) of https://acme.example/ is for RS256',
    });
  });

  it('except an encryption key', async () => {
    const token = await sign(claims, rsa.privateKey, { alg: 'RS256' });
    expect((await decode(token, served({ ...rsa.publicJwk, use: 'enc' }))).signature?.state).toBe('not_checked');
  });

  it('except a shared one', async () => {
    const token = await sign(claims, Buffer.alloc(32, 1), { alg: 'HS256' });
    const shared = { kty: 'oct', k: Buffer.alloc(32, 1).toString('base64url') };
    expect((await decode(token, served(shared))).signature?.state).toBe('not_checked');
  });
});

describe('a tenant that gives no keys leaves its tokens unchecked', () => {
  it.each([
    ['it has none', json({ keys: [] })],
    ['it refuses', json({ keys: [rsa.publicJwk] }, 403)],
    ['it answers something else', json({ jwks: [] })],
    ['it answers no JSON', () => new Response('<html>')],
    ['it limits the rate', () => new Response('', { status: 429, headers: { 'retry-after': '3600' } })],
  ])('because %s', async (_, answer) => {
    const token = await sign(claims, rsa.privateKey, { alg: 'RS256' });
    const { signature } = await decode(token, tenantKeyRing(scriptedConnection([answer])));
    expect(signature?.state).toBe('not_checked');
  });

  it('unless the user stopped the command', async () => {
    const connection = scriptedConnection([() => Promise.reject(interrupted())]);
    const token = await sign(claims, rsa.privateKey, { alg: 'RS256' });
    expect(await failureOf(() => decode(token, tenantKeyRing(connection)))).toMatchObject({ code: 'interrupted' });
  });
});

it("a session token stays encrypted without the tenant's key", async () => {
  const tenant = await openTenant();
  const { session_token } = await tenant.session();
  const connection = connectionTo(tenant, { sessionKeys: undefined });
  expect(await decode(session_token, tenantKeyRing(connection))).toMatchObject({
    seal: { state: 'sealed', reason: 'no key on this machine' },
  });
  expect(connection.sent).toEqual([]);
});
