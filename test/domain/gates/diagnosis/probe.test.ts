import { createPrivateKey, type JsonWebKey, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../src/domain/gates/diagnosis/diagnose.ts';
import { connectionTo, json } from '../../../support/domain.ts';
import { confidentialApp, openTenant, otherTenantKeys, type TestTenant, testKeys } from '../../../support/local.ts';
import { part } from '../../../support/tokens.ts';

/** A probe of a tenant that answers `path` in its own way. */
async function probed(
  tenant: TestTenant,
  answers: Readonly<Record<string, () => Response>> = {},
  {
    app,
    clientSecret,
    wanted = [],
    ...doors
  }: { app?: string; clientSecret?: string; wanted?: readonly string[]; issuer?: string } = {},
) {
  const connection = connectionTo(tenant, doors);
  const { fetch } = connection;
  const fetching: typeof fetch = async (url, request) => answers[new URL(url).pathname]?.() ?? fetch(url, request);
  const diagnosis = await diagnose(
    { ...connection, fetch: fetching },
    {
      app: { named: app ?? tenant.app.client_id, chosen: undefined },
      api: { named: tenant.api.identifier, chosen: undefined },
      wanted,
      origin: undefined,
      forcedEdition: undefined,
      probe: { clientSecret },
    },
  );
  const check = diagnosis.checks.find((one) => one.check === 'probe');
  if (!check) throw new Error('there was no probe');
  return { diagnosis, check };
}

const noon = Date.UTC(2026, 5, 1, 12) / 1000;

/** The tenant's answer to a guest, with other claims in an access token of the tenant's own key. */
async function answerWith(tenant: TestTenant, claims: object, header: object = {}) {
  const { body } = await tenant.anonymousToken();
  const [head = '', payload = ''] = String(body.access_token).split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  const input = `${part({ ...read(head), ...header })}.${part({ ...read(payload), ...claims })}`;
  const key = createPrivateKey({ key: testKeys.signing.jwk as JsonWebKey, format: 'jwk' });
  const signature = sign('sha256', Buffer.from(input), key).toString('base64url');
  return json({ ...body, access_token: `${input}.${signature}` });
}

const jwks = '/.well-known/jwks.json';
const guestTokens = '/anonymous/token';

describe('a token that no API can accept', () => {
  it('is signed with another key', async () => {
    const { d, p, q, dp, dq, qi, ...other } = otherTenantKeys.signing.jwk as Record<string, string>;
    const { kid } = testKeys.signing.jwk as Record<string, string>;
    const { check, diagnosis } = await probed(await openTenant(), { [jwks]: json({ keys: [{ ...other, kid }] }) });
    expect(check).toMatchObject({
      state: 'closed',
      finding: expect.stringContaining("the access token's signature is wrong"),
    });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'token_unacceptable' } });
  });

  it('is from another issuer', async () => {
    const { check } = await probed(await openTenant(), {}, { issuer: 'https://login.acme.example/' });
    expect(check).toMatchObject({
      state: 'closed',
      finding: "A guest gets a token that no API can accept: the access token's issuer is https://localhost:4400/",
    });
  });

  it('is for another API', async () => {
    const tenant = await openTenant();
    const { body } = await tenant.anonymousToken();
    await tenant.change('resource_server', 'second', {
      ...(await tenant.store.get('resource_server', tenant.api.id)),
      id: 'second',
      identifier: 'https://second.example',
    });
    const other = await tenant.anonymousToken({ audience: 'https://second.example' });
    const answer = json({ ...body, access_token: other.body.access_token });
    const { check } = await probed(tenant, { [guestTokens]: answer });
    expect(check).toMatchObject({ state: 'closed', finding: expect.stringContaining('is not for shop') });
  });

  it.each([
    ['exp (expired 2026-06-01', { exp: noon - 3600 }],
    ['exp (not set', { exp: undefined }],
    ['exp (not a time; the value is a string', { exp: String(noon + 60) }],
    ['nbf (not valid before 2026-06-01 13:00:00', { nbf: noon + 3600 }],
    ['iat (issued in the future', { iat: noon + 3600 }],
    ['aud (', { aud: ['https://api.shop.example', 1] }],
    ['scope (not a string', { scope: ['read:catalog'] }],
    ['kind (the claims are those of an ID token', { nonce: 'n', scope: undefined }],
  ])('is invalid: %s', async (reason, claims) => {
    const tenant = await openTenant();
    const { check, diagnosis } = await probed(tenant, { [guestTokens]: await answerWith(tenant, claims) });
    expect(check).toMatchObject({
      state: 'closed',
      finding: expect.stringContaining(`a token that no API can accept: ${reason}`),
    });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'token_unacceptable' } });
  });

  it('is a session token', async () => {
    const tenant = await openTenant();
    const { check } = await probed(tenant, {
      [guestTokens]: await answerWith(tenant, {}, { typ: 'anon-session+jwt' }),
    });
    expect(check).toMatchObject({
      state: 'closed',
      finding: expect.stringContaining("kind ('typ' is that of a session"),
    });
  });

  it('is opaque, which closes no gate', async () => {
    const answer = json({ access_token: 'opaque', token_type: 'Bearer', expires_in: 7200 });
    const { check } = await probed(await openTenant(), { [guestTokens]: answer });
    expect(check).toMatchObject({ state: 'warning', finding: expect.stringContaining('it is opaque') });
  });
});

describe('a token that does not match the settings', () => {
  it('lacks a scope that guests should get', async () => {
    const tenant = await openTenant();
    const answer = await answerWith(tenant, { scope: 'read:catalog' });
    const { check, diagnosis } = await probed(tenant, { [guestTokens]: answer }, { wanted: ['write:cart'] });
    expect(check).toMatchObject({
      state: 'closed',
      finding: 'A guest of web gets a token for shop with read:catalog, but not write:cart',
    });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'gate_closed' } });
  });

  it('has a lifetime that nobody can tell', async () => {
    const tenant = await openTenant();
    const inMilliseconds = await answerWith(tenant, { exp: (noon + 3600) * 1000 });
    expect((await probed(tenant, { [guestTokens]: inMilliseconds })).check).toMatchObject({
      state: 'warning',
      finding: expect.stringMatching(/its exp looks like milliseconds/),
    });
    const unissued = await answerWith(tenant, { iat: undefined });
    expect((await probed(tenant, { [guestTokens]: unissued })).check).toMatchObject({
      state: 'warning',
      finding: expect.stringMatching(/; but its lifetime is unknown without an iat$/),
    });
  });

  it('cannot be checked without keys', async () => {
    const { check, diagnosis } = await probed(await openTenant(), { [jwks]: json({ keys: [] }) });
    expect(check).toMatchObject({
      state: 'warning',
      finding: expect.stringContaining('its signature was not checked'),
    });
    expect(diagnosis.ok).toBe(true);
  });

  it('lives longer than its API allows, and than its session', async () => {
    const tenant = await openTenant();
    const { body } = await tenant.anonymousToken();
    await tenant.change('resource_server', tenant.api.id, { token_lifetime_for_anonymous_access: 60 });
    const { check } = await probed(tenant, { [guestTokens]: json({ ...body, session_expires_in: 3600 }) });
    expect(check.state).toBe('warning');
    expect(check.finding).toMatch(/it lives 1 day; the API's setting is 1 minute; it lives longer/);
  });
});

describe('a refusal', () => {
  it('of the feature closes that gate', async () => {
    const answer = json({ error: 'feature_not_enabled', error_description: 'No.' }, 403);
    const { diagnosis } = await probed(await openTenant(), { [guestTokens]: answer });
    expect(diagnosis.checks.find(({ check }) => check === 'feature')).toMatchObject({ state: 'closed' });
    expect(diagnosis.failure).toMatchObject({ code: 'gate_closed', gate: 'tenant' });
  });

  it('that is temporary leaves guest access unknown', async () => {
    const answer = () => new Response('{}', { status: 429, headers: { 'retry-after': '3600' } });
    const { check, diagnosis } = await probed(await openTenant(), { [guestTokens]: answer });
    expect(check).toMatchObject({ state: 'unknown', advice: expect.stringContaining('Try again') });
    expect(diagnosis).toMatchObject({ ok: false, failure: { code: 'rate_limited' } });
    expect(diagnosis.verdict).toMatch(/^Cannot tell whether a guest can get a token/);
  });

  it("of a wrong secret closes the application's gate, without the secret", async () => {
    const tenant = await openTenant();
    const { client_id } = await confidentialApp(tenant);
    const { check, diagnosis } = await probed(tenant, {}, { app: client_id, clientSecret: 'not-the-secret' });
    expect(check).toMatchObject({ state: 'closed', advice: expect.stringContaining('--client-secret -') });
    expect(diagnosis.failure).toMatchObject({ code: 'not_authorised' });
    expect(JSON.stringify(diagnosis.checks)).not.toContain('not-the-secret');
  });
});

it('a confidential application is probed with the secret that the tenant shows', async () => {
  const tenant = await openTenant();
  const { client_id } = await confidentialApp(tenant);
  const { check } = await probed(tenant, {}, { app: client_id });
  expect(check.state).toBe('open');
});
