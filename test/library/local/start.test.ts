import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeToken } from '../../../src/library/decode-token.ts';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import type { LocalTenant } from '../../../src/library/local/tenant.ts';
import { verifyToken } from '../../../src/library/verify-token.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { failureOf } from '../../support/domain.ts';
import { freePort } from '../../support/free-port.ts';
import { managementToken } from '../../support/library-tenant.ts';

describe.each<EditionName>(['preview', 'ea'])('a local tenant of the library, edition %s', (edition) => {
  let tenant: LocalTenant;
  beforeAll(async () => {
    tenant = await startLocalTenant({ edition });
  });
  afterAll(() => tenant.stop());

  it('gives guests of its sample application tokens for its sample API', async () => {
    const { accessToken, sessionToken, scope } = await tenant.createGuest({ metadata: { language: 'en' } });
    expect(scope).toBe('read:catalog write:cart');
    const expected = { domain: tenant.url, audience: tenant.audience, guest: true };
    expect(await verifyToken(accessToken, expected)).toMatchObject({ valid: true });
    expect((await decodeToken(accessToken)).claims).toMatchObject({ iss: tenant.issuer, azp: tenant.clientId });
    expect(sessionToken).toEqual(expect.any(String));
  });

  it('answers alike with and without a socket', async () => {
    const body = JSON.stringify({ client_id: tenant.clientId, audience: tenant.audience });
    const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const answers = [
      await fetch(`${tenant.url}/anonymous/token`, request),
      await tenant.fetch('/anonymous/token', request),
      await tenant.fetch(`${tenant.issuer}anonymous/token`, request),
      await tenant.fetch(new Request(`${tenant.url}/anonymous/token`, request)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const [served, own] = [
      await fetch(`${tenant.url}/.well-known/openid-configuration`),
      await tenant.fetch('/.well-known/openid-configuration'),
    ];
    expect(await own.json()).toEqual(await served.json());
  });

  it('names what an app needs, as anon-cli local exec does', async () => {
    const { port } = new URL(tenant.url);
    expect(tenant.env).toEqual({
      AUTH0_DOMAIN: `http://localhost:${port}`,
      AUTH0_ISSUER_BASE_URL: `http://localhost:${port}`,
      AUTH0_ISSUER: `https://localhost:${port}/`,
      AUTH0_JWKS_URI: `http://localhost:${port}/.well-known/jwks.json`,
      AUTH0_CLIENT_ID: tenant.clientId,
      AUTH0_AUDIENCE: 'https://api.shop.example',
    });
    expect((await fetch(String(tenant.env.AUTH0_JWKS_URI))).status).toBe(200);
  });

  it('has credentials for the Management API', async () => {
    const authorization = `Bearer ${await managementToken(tenant)}`;
    const settings = await tenant.fetch('/api/v2/tenants/settings', { headers: { authorization } });
    expect(settings.status).toBe(200);
  });
});

describe('startLocalTenant', () => {
  it('serves HTTPS with a certificate of ca, and HTTP beside it', async () => {
    const { Agent, fetch: fetchWith } = await import('undici');
    const tenant = await startLocalTenant({ https: true });
    const dispatcher = new Agent({ connect: { ca: tenant.ca } });
    try {
      expect(tenant.url).toMatch(/^https:\/\/localhost:\d+$/);
      const answer = await fetchWith(`${tenant.env.AUTH0_JWKS_URI}`, { dispatcher });
      expect(answer.status).toBe(200);
      await expect(fetch(`${tenant.url}/`)).rejects.toThrow();
      expect((await fetch(`${tenant.url.replace('https', 'http')}/.well-known/jwks.json`)).status).toBe(200);
    } finally {
      await dispatcher.close();
      await tenant.stop();
    }
  });

  it('starts several at once, each with its own port, keys and guests', async () => {
    const tenants = await Promise.all([1, 2, 3].map(() => startLocalTenant()));
    expect(new Set(tenants.map(({ url }) => url)).size).toBe(3);
    const [one, other] = tenants;
    const { accessToken } = (await one?.createGuest()) ?? {};
    const verdicts = [one, other].map((tenant) => {
      const expected = { domain: String(tenant?.url), audience: String(tenant?.audience) };
      return verifyToken(String(accessToken), expected);
    });
    expect((await Promise.all(verdicts)).map(({ valid }) => valid)).toEqual([true, false]);
    await Promise.all(tenants.map((tenant) => tenant.stop()));
  });

  it('opens no socket with listen: false', async () => {
    const tenant = await startLocalTenant({ listen: false });
    const { accessToken } = await tenant.createGuest();
    const expected = { domain: tenant.url, audience: tenant.audience, fetch: tenant.fetch };
    expect(await verifyToken(accessToken, expected)).toMatchObject({ valid: true });
    expect(tenant.url).toBe(tenant.issuer.slice(0, -1));
    await tenant.stop();
  });

  it('leaves the gates closed with closed: true', async () => {
    const tenant = await startLocalTenant({ listen: false, closed: true });
    expect(await failureOf(() => tenant.createGuest())).toMatchObject({ code: 'gate_closed' });
    await tenant.stop();
  });

  it('listens at the given port, and reports a port that is taken', async () => {
    const port = await freePort();
    const tenant = await startLocalTenant({ port });
    expect(tenant.url).toBe(`http://localhost:${port}`);
    expect(await failureOf(() => startLocalTenant({ port }))).toMatchObject({
      code: 'failed',
      message: `Port ${port} is in use.`,
      hint: expect.stringContaining('Leave port out'),
    });
    await tenant.stop();
  });

  it('frees its port when it is stopped, and fails from then on', async () => {
    const tenant = await startLocalTenant();
    const waiting = failureOf(() => tenant.requests.next());
    await Promise.all([tenant.stop(), tenant.stop()]);
    await expect(fetch(`${tenant.url}/health`)).rejects.toThrow();
    const stopped = { code: 'failed', message: 'The local tenant was stopped.' };
    expect(await waiting).toMatchObject(stopped);
    expect(await failureOf(() => tenant.fetch('/health'))).toMatchObject(stopped);
    expect(await failureOf(() => tenant.createGuest())).toMatchObject(stopped);
  });

  it('is disposed of with await using', async () => {
    let url = '';
    {
      await using tenant = await startLocalTenant();
      url = tenant.url;
      expect((await fetch(`${url}/health`)).status).toBe(200);
    }
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it.each([
    { edition: 'beta' },
    { port: -1 },
    { port: '4400' },
    { clock: { now: 'tomorrow' } },
    { clock: '2027-01-01' },
    { clock: { at: '2027-01-01' } },
  ])('refuses %j', async (wrong) => {
    const given = wrong as unknown as Parameters<typeof startLocalTenant>[0];
    expect(await failureOf(() => startLocalTenant(given))).toMatchObject({ code: 'usage' });
  });

  it('refuses an option that it does not have, with the nearest one', async () => {
    const given = { editon: 'ea' } as Parameters<typeof startLocalTenant>[0];
    expect(await failureOf(() => startLocalTenant(given))).toMatchObject({
      message: "startLocalTenant does not take 'editon'.",
      hint: 'Did you mean edition?',
    });
  });
});
