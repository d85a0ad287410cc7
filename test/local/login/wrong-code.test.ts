import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { codeFor, expectNoTokens } from '../../support/login-refusals.ts';
import { type Changes, callback, loginTenant, rightExchange, verifier } from '../../support/login-tenant.ts';

// The token endpoint with a code. RFC 6749, section 4.1.3; RFC 7636, section 4.6; RFC 9700, section 4.8.

const invalidGrant = { status: 403, error: 'invalid_grant' };
const unverified = { ...invalidGrant, error_description: 'Failed to verify code verifier' };
const invalidCode = { ...invalidGrant, error_description: 'Invalid authorization code' };

describe('a code is refused', () => {
  it.each<[string, Changes, object]>([
    ['that is unknown', { code: 'unknown' }, invalidCode],
    ['that is a property of all objects', { code: '__proto__' }, invalidCode],
    ['that is missing', { code: undefined }, { status: 400, error: 'invalid_request' }],
    ['that is empty', { code: '' }, { status: 400, error: 'invalid_request' }],
    ['without its redirect_uri', { redirect_uri: undefined }, invalidGrant],
    ['with another redirect_uri', { redirect_uri: 'https://shop.example/other' }, invalidGrant],
    ['with a longer redirect_uri', { redirect_uri: `${callback}/` }, invalidGrant],
    ['with a redirect_uri in other case', { redirect_uri: callback.toUpperCase() }, invalidGrant],
    ['without its verifier', { code_verifier: undefined }, invalidGrant],
    ['with an empty verifier', { code_verifier: '' }, invalidGrant],
    ['with a wrong verifier', { code_verifier: `${verifier}1` }, unverified],
    ['with its challenge for a verifier', { code_verifier: sha256(verifier) }, unverified],
    ['with a verifier in other case', { code_verifier: verifier.toUpperCase() }, unverified],
  ])('%s', async (_, changes, refusal) => {
    const tenant = await loginTenant();
    const code = await codeFor(tenant);
    const exchange = rightExchange({ client_id: tenant.app.client_id, code, ...changes });
    expectNoTokens(await tenant.token(exchange), refusal as typeof invalidCode);
  });

  it('after one minute', async () => {
    const tenant = await loginTenant();
    const early = await codeFor(tenant);
    const late = await codeFor(tenant);
    const exchange = (code: string) => tenant.token(rightExchange({ client_id: tenant.app.client_id, code }));
    tenant.clock.forward(59);
    expect((await exchange(early)).status).toBe(200);
    tenant.clock.forward(1);
    expectNoTokens(await exchange(late), invalidCode);
  });

  it('of a user who was deleted, or blocked, in the meantime', async () => {
    const tenant = await loginTenant();
    const exchange = async (code: string) => tenant.token(rightExchange({ client_id: tenant.app.client_id, code }));
    const [first, second] = [await codeFor(tenant), await codeFor(tenant)];
    const { user_id } = tenant.jane;
    await tenant.change('user', String(user_id), { blocked: true });
    expectNoTokens(await exchange(first), invalidGrant);
    await tenant.store.write((writer) => writer.remove('user', String(user_id)));
    expectNoTokens(await exchange(second), invalidGrant);
  });
});

describe('PKCE cannot be weakened', () => {
  const without = { code_challenge: undefined, code_challenge_method: undefined };

  it('by a plain verifier for S256, nor S256 for plain', async () => {
    const tenant = await loginTenant();
    const hashed = await codeFor(tenant, { code_challenge: sha256(verifier), code_challenge_method: 'S256' });
    const plain = await codeFor(tenant, { code_challenge: verifier, code_challenge_method: 'plain' });
    const preset = await codeFor(tenant, { code_challenge: sha256(verifier), code_challenge_method: undefined });
    const exchange = (code: string, code_verifier: string) =>
      tenant.token(rightExchange({ client_id: tenant.app.client_id, code, code_verifier }));
    expectNoTokens(await exchange(hashed, sha256(verifier)), unverified);
    expectNoTokens(await exchange(plain, sha256(verifier)), unverified);
    expectNoTokens(await exchange(preset, verifier), unverified);
  });

  it('by leaving the challenge out of the request, and sending a verifier', async () => {
    const tenant = await loginTenant();
    const code = await codeFor(tenant, without);
    expectNoTokens(await tenant.token(rightExchange({ client_id: tenant.app.client_id, code })), invalidGrant);
  });

  it('a plain challenge is met by itself', async () => {
    const tenant = await loginTenant();
    const code = await codeFor(tenant, { code_challenge: verifier, code_challenge_method: 'plain' });
    expect((await tenant.token(rightExchange({ client_id: tenant.app.client_id, code }))).status).toBe(200);
  });
});

describe('a code that is used twice', () => {
  it('is refused, and what it gave is revoked', async () => {
    const tenant = await loginTenant();
    const { client_id } = tenant.app;
    const exchange = rightExchange({ client_id, code: await codeFor(tenant) });
    const { body: first } = await tenant.token(exchange);
    const { body: renewed } = await tenant.token({ ...refresh, client_id, refresh_token: first.refresh_token });
    expect(renewed.access_token).toEqual(expect.any(String));
    expectNoTokens(await tenant.token(exchange), invalidCode);
    // Not the first: it was used, and would be refused without the code.
    const { refresh_token } = renewed;
    expectNoTokens(await tenant.token({ ...refresh, client_id, refresh_token }), invalidGrant);
  });

  it('at once gives tokens once', async () => {
    const tenant = await loginTenant();
    const exchange = rightExchange({ client_id: tenant.app.client_id, code: await codeFor(tenant) });
    const answers = await Promise.all([1, 2, 3, 4].map(() => tenant.token(exchange)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403]);
  });
});

const refresh = { grant_type: 'refresh_token' };

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
