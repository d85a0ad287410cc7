import { describe, expect, it } from 'vitest';
import { allowanceOf, allowedOrigins } from '../../../src/domain/app/allowed-origins.ts';
import { findApp } from '../../../src/domain/app/find.ts';
import { planUrlChange, type UrlListName } from '../../../src/domain/app/urls.ts';
import { applyPlan } from '../../../src/domain/plan/apply.ts';
import { managementAudience } from '../../../src/wire/oauth.ts';
import {
  connectionTo,
  failureOf,
  json,
  managementToken,
  scriptedConnection,
  secretAccess,
} from '../../support/domain.ts';
import { testTenant } from '../../support/local.ts';

const noUrls = { web_origins: [], allowed_origins: [], callbacks: [], allowed_logout_urls: [] };

async function webApp(members: object, doors: Parameters<typeof connectionTo>[1] = {}) {
  const tenant = await testTenant({ edition: 'ea' });
  await tenant.change('client', tenant.app.client_id, { ...noUrls, ...members });
  const connection = connectionTo(tenant, doors);
  return { tenant, connection, web: await findApp(connection, 'web') };
}

const change = async (
  { connection, web }: Awaited<ReturnType<typeof webApp>>,
  list: UrlListName,
  wanted: Parameters<typeof planUrlChange>[3],
) => (await planUrlChange(connection, web, list, wanted)).writes.map(({ body }) => body);

describe('the allowed origins of an application', () => {
  it('come from three settings, each once', async () => {
    const { web } = await webApp({
      web_origins: ['http://localhost:3000', 'https://*.example.com'],
      allowed_origins: ['http://LOCALHOST:3000/', 'https://b.example/path'],
      callbacks: [
        'http://localhost:3000/cb',
        'https://c.example/cb',
        'com.example.app://cb',
        'https://{organization_name}.d.example',
      ],
    });
    expect(allowedOrigins(web)).toEqual([
      { origin: 'http://localhost:3000', from: ['web_origins', 'allowed_origins', 'callbacks'] },
      { origin: 'https://*.example.com', from: ['web_origins'] },
      // The service may find no match for it.
      { origin: 'https://b.example/path', from: ['allowed_origins'] },
      { origin: 'https://c.example', from: ['callbacks'] },
    ]);
  });

  it('are none where the tenant reports no list, or null', async () => {
    const body = { client_id: 'a', name: 'a', oidc_conformant: true, web_origins: null };
    expect(allowedOrigins({ body })).toEqual([]);
  });

  it('cover the origin of a page, the exact one first', async () => {
    const { web } = await webApp({ web_origins: ['http://localhost:*'], callbacks: ['http://localhost:3000/cb'] });
    expect(allowanceOf(web, 'http://localhost:3000')).toMatchObject({ from: ['callbacks'] });
    expect(allowanceOf(web, 'http://localhost:4000')).toMatchObject({ origin: 'http://localhost:*' });
    expect(allowanceOf(web, 'https://localhost:4000')).toBeUndefined();
  });

  it('are unknown where only the service knows what a placeholder stands for', async () => {
    const origin = 'https://{custom_domain.metadata.public_app}.example.com';
    const { web } = await webApp({ web_origins: [origin, 'http://localhost:3000'] });
    expect(allowanceOf(web, 'https://a.example.com')).toBe('unknown');
    expect(allowanceOf(web, 'http://localhost:3000')).toMatchObject({ from: ['web_origins'] });
  });
});

describe('adding', () => {
  it('keeps what is there, and goes to web_origins', async () => {
    const machine = await webApp({ web_origins: ['https://a.example'], allowed_origins: ['https://b.example'] });
    const plan = await planUrlChange(machine.connection, machine.web, 'origins', {
      add: ['http://localhost:3000', 'http://localhost:3001'],
    });
    expect(plan.writes).toMatchObject([
      {
        method: 'PATCH',
        body: { web_origins: ['https://a.example', 'http://localhost:3000', 'http://localhost:3001'] },
        subject: 'application web',
      },
    ]);
    await applyPlan(machine.connection, plan);
    expect(await machine.tenant.store.get('client', machine.web.clientId)).toMatchObject({
      web_origins: ['https://a.example', 'http://localhost:3000', 'http://localhost:3001'],
      allowed_origins: ['https://b.example'],
    });
  });

  it('changes nothing where it is already there, however it is written, and adds the same only once', async () => {
    const machine = await webApp({ web_origins: ['https://A.example:443'], callbacks: ['https://A.example:443/cb'] });
    expect(await change(machine, 'origins', { add: ['https://a.example'] })).toEqual([]);
    expect(await change(machine, 'callbacks', { add: ['https://a.example/cb'] })).toEqual([]);
    expect(await change(machine, 'callbacks', { add: ['https://b.example/', 'https://b.example/'] })).toEqual([
      { callbacks: ['https://A.example:443/cb', 'https://b.example/'] },
    ]);
  });

  it('adds an origin that only another setting or a wildcard allows', async () => {
    const machine = await webApp({ web_origins: ['http://localhost:*'], callbacks: ['http://localhost:3000/cb'] });
    expect(await change(machine, 'origins', { add: ['http://localhost:3000'] })).toEqual([
      { web_origins: ['http://localhost:*', 'http://localhost:3000'] },
    ]);
  });

  it.each([
    ['callbacks', 'callbacks'],
    ['logout-urls', 'allowed_logout_urls'],
  ] as const)('to the %s goes to %s', async (list, member) => {
    const machine = await webApp({ [member]: ['https://a.example/x'] });
    expect(await change(machine, list, { add: ['https://b.example/x'] })).toEqual([
      { [member]: ['https://a.example/x', 'https://b.example/x'] },
    ]);
  });

  it('is refused before any request, and beyond the maximum', async () => {
    const full = Array.from({ length: 100 }, (_, index) => `https://${index}.example`);
    const machine = await webApp({ web_origins: full });
    const { length } = machine.connection.sent;
    expect(await failureOf(() => change(machine, 'origins', { add: ['localhost'] }))).toMatchObject({ code: 'usage' });
    expect(machine.connection.sent).toHaveLength(length);
    expect(await failureOf(() => change(machine, 'origins', { add: ['https://one.more'] }))).toMatchObject({
      code: 'usage',
      message: "'web' would have 101 origins; the maximum is 100.",
      hint: 'Remove some first: anon-cli app origins remove web <origin>',
    });
    expect(await change(machine, 'origins', { add: ['https://7.example'] })).toEqual([]);
  });

  it('accepts a wildcard as the port at the local tenant only', async () => {
    const local = await webApp({});
    expect(await change(local, 'origins', { add: ['http://localhost:*'] })).toEqual([
      { web_origins: ['http://localhost:*'] },
    ]);
    const remote = scriptedConnection([]);
    expect(
      await failureOf(() => planUrlChange(remote, local.web, 'origins', { add: ['http://localhost:*'] })),
    ).toMatchObject({
      code: 'usage',
      message: "Invalid origin 'http://localhost:*': a wildcard stands for a subdomain, not for a port.",
    });
  });
});

describe('removing', () => {
  it('takes an origin out of both settings, and nothing else', async () => {
    const machine = await webApp({
      web_origins: ['http://localhost:3000', 'https://a.example'],
      allowed_origins: ['https://b.example', 'http://localhost:3000/'],
      callbacks: ['http://localhost:3000/cb'],
    });
    expect(await change(machine, 'origins', { remove: ['http://localhost:3000'] })).toEqual([
      { web_origins: ['https://a.example'], allowed_origins: ['https://b.example'] },
    ]);
    expect(await change(machine, 'callbacks', { remove: ['http://localhost:3000/cb'] })).toEqual([{ callbacks: [] }]);
  });

  it('sends only the setting that changes', async () => {
    const machine = await webApp({ web_origins: ['http://localhost:3000'], allowed_origins: ['https://b.example'] });
    expect(await change(machine, 'origins', { remove: ['http://localhost:3000'] })).toEqual([{ web_origins: [] }]);
  });

  it.each([
    [
      'origins',
      'http://localhost:300',
      'Did you mean http://localhost:3000? To see all: anon-cli app origins list web',
    ],
    ['origins', 'nonsense', 'Run: anon-cli app origins list web'],
    [
      'origins',
      'http://127.0.0.1:8080',
      "It is allowed by http://127.0.0.1:*. To remove that: anon-cli app origins remove web 'http://127.0.0.1:*'",
    ],
    [
      'callbacks',
      'https://a.example/',
      'Did you mean https://a.example/cb? To see all: anon-cli app callbacks list web',
    ],
    ['logout-urls', 'https://x.example', 'Run: anon-cli app logout-urls list web'],
  ] as const)('refuses one that is not in the %s: %s', async (list, url, hint) => {
    const machine = await webApp({
      web_origins: ['http://localhost:3000', 'http://127.0.0.1:*'],
      callbacks: ['https://a.example/cb'],
    });
    const error = await failureOf(() => change(machine, list, { remove: [url] }));
    expect({ code: error.code, hint: error.hint }).toEqual({ code: 'not_found', hint });
  });

  it('names the callback that allows an origin', async () => {
    const machine = await webApp({ callbacks: ['https://a.example/cb'] });
    expect(await failureOf(() => change(machine, 'origins', { remove: ['https://a.example'] }))).toMatchObject({
      code: 'not_found',
      message: "The origin 'https://a.example' is allowed by a callback, https://a.example/cb.",
      hint: 'Remove that: anon-cli app callbacks remove web https://a.example/cb',
    });
  });
});

describe('the lists before the change', () => {
  it('are read again, so that another change in the meantime is not undone', async () => {
    const machine = await webApp({ web_origins: ['https://a.example'] });
    await machine.tenant.change('client', machine.web.clientId, {
      web_origins: ['https://a.example', 'https://b.example'],
    });
    expect(await change(machine, 'origins', { add: ['https://c.example'] })).toEqual([
      { web_origins: ['https://a.example', 'https://b.example', 'https://c.example'] },
    ]);
  });

  it('are never taken as empty for credentials that may not read them', async () => {
    const tenant = await testTenant({ edition: 'ea' });
    await tenant.change('client', tenant.app.client_id, { web_origins: ['https://a.example'] });
    const audience = managementAudience(tenant.issuer);
    await tenant.store.write((writer) => {
      writer.put('client', 'machine', {
        ...{ client_id: 'machine', client_secret: 'machine-secret', name: 'machine' },
        grant_types: ['client_credentials'],
      });
      const scope = ['read:client_summary', 'update:clients', 'read:tenant_settings'];
      writer.put('client_grant', 'machine', { id: 'machine', client_id: 'machine', audience, scope });
    });
    const connection = connectionTo(tenant, { management: secretAccess('machine', 'machine-secret') });
    expect(await failureOf(() => findApp(connection, tenant.app.client_id))).toMatchObject({ code: 'not_authorised' });
    const found = await findApp(connectionTo(tenant), tenant.app.client_id);
    const web = { ...found, body: { ...found.body, web_origins: undefined } };
    const add = ['https://c.example'];
    expect(await failureOf(() => planUrlChange(connection, web, 'origins', { add }))).toMatchObject({
      code: 'not_authorised',
    });
    expect(connection.sent.filter((line) => line.startsWith('PATCH'))).toEqual([]);
  });

  it('that no tenant could mean are an error', async () => {
    const { web } = await webApp({});
    const odd = { client_id: web.clientId, name: 'web', web_origins: 'https://a.example' };
    const connection = scriptedConnection([managementToken, json(odd)]);
    expect(
      await failureOf(() => planUrlChange(connection, web, 'origins', { add: ['https://c.example'] })),
    ).toMatchObject({
      code: 'response_invalid',
    });
  });
});
