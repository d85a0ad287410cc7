import { createPublicKey } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readTenantExport } from '../../../src/domain/tenant/export.ts';
import { exportState, importState, isFresh } from '../../../src/local/state/carried-state.ts';
import type { Store } from '../../../src/local/store/store.ts';
import { isPassword } from '../../../src/local/users/password.ts';
import { findUserByEmail } from '../../../src/local/users/user.ts';
import type { TenantExport } from '../../../src/wire/tenant-export.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { confidentialApp, openTenant, otherTenantKeys, type TestTenant, testTenant } from '../../support/local.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { sqliteStore } from '../../support/sqlite-store.ts';
import { sampleExport } from '../../support/tenant-export.ts';

type Edition = TenantExport['edition'];

/** The databases between which a state is carried. */
const databases: Readonly<Record<string, () => Promise<Store>>> = {
  memory: async () => memoryStore(),
  SQLite: () => sqliteStore(join(temporaryFolder(), 'local-tenant.db')),
};

async function opened(name: string): Promise<Store> {
  const store = await (databases[name] ?? databases.memory)?.();
  if (!store) throw new Error(`there is no database ${name}`);
  onTestFinished(() => store.close());
  return store;
}

/** A tenant with a bit of everything, made over the Management API. */
async function usedTenant(store: Store, edition: Edition): Promise<TestTenant> {
  const tenant = await openTenant({ store, edition, app: { name: 'web' } });
  const manage = await tenant.management();
  const app = await confidentialApp(tenant, { name: 'a server', client_metadata: { team: 'Zürich 🚋\u2028' } });
  const pem = createPublicKey({ key: otherTenantKeys.signing.jwk, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  const credential = { credential_type: 'public_key', pem };
  const json = { name: 'tickets', identifier: 'urn:tickets', scopes: [{ value: 'buy' }], token_lifetime: 7200 };
  for (const [path, body] of [
    ['/api/v2/resource-servers', json],
    ['/api/v2/client-grants', { client_id: app.client_id, audience: 'urn:tickets', scope: ['buy'] }],
    [`/api/v2/clients/${app.client_id}/credentials`, credential],
    ['/api/v2/users', { ...jane, user_metadata: { language: 'de' } }],
  ] as const) {
    expect(await manage('POST', path, { json: body })).toMatchObject({ status: 201 });
  }
  await tenant.store.write((writer) => {
    writer.put('action', 'a', {
      id: 'a',
      name: 'cart',
      trigger: 'post-login',
      file: '/shop/cart.js',
      secrets: {},
      order: 1,
    });
    writer.put('refresh_token', 'r', { id: 'r', user_id: 'auth0|jane', client_id: tenant.app.client_id });
    writer.put('login_session', 's', { id: 's', user_id: 'auth0|jane' });
  });
  return tenant;
}

const jane = {
  connection: 'Username-Password-Authentication',
  email: 'jane@example.com',
  user_id: 'jane',
  password: 'Correct-horse1',
};

/** What `local import` reads of what `local export` wrote. */
function throughFile(exported: TenantExport): TenantExport {
  return readTenantExport(JSON.stringify(exported), 'tenant.json');
}

const ways = Object.keys(databases).flatMap((from) => Object.keys(databases).map((to) => [from, to] as const));

describe.each(['preview', 'ea'] as const)('a state in edition %s', (edition) => {
  it.each(ways)('is the same after the way from %s to %s, and its tokens still work', async (from, to) => {
    const source = await usedTenant(await opened(from), edition);
    const session = await source.session();
    const exported = await exportState(source.store);
    const target = await opened(to);
    await testTenant({
      store: target,
      edition: edition === 'ea' ? 'preview' : 'ea',
      keys: async () => otherTenantKeys,
    });

    expect(await importState(target, throughFile(exported))).toEqual({ newKeys: true });
    expect(await exportState(target)).toEqual(exported);
    const tenant = await testTenant({ store: target });
    const { client_id, client_secret } = source.app;
    expect(tenant).toMatchObject({
      app: { client_id, client_secret },
      api: { id: source.api.id },
      issuer: source.issuer,
    });
    expect(await tenant.anonymousToken({ session_token: session.session_token })).toMatchObject({ status: 200 });
    const { body: keys } = await tenant.send('GET', '/.well-known/jwks.json');
    expect(keys).toEqual((await source.send('GET', '/.well-known/jwks.json')).body);
    expect(await isPassword(await findUserByEmail(target, jane.email), jane.password)).toBe(true);
    expect(await target.list('login_session')).toEqual([]);
    // The lists of the Management API are in the order of the state.
    const manage = await tenant.management();
    for (const path of ['/api/v2/clients', '/api/v2/resource-servers', '/api/v2/client-grants', '/api/v2/users']) {
      const { body } = await (await source.management())('GET', path);
      expect(await manage('GET', path)).toMatchObject({ status: 200, body });
    }
  });
});

describe('an import', () => {
  it('replaces everything, in one commit that another process sees as a whole', async () => {
    const path = join(temporaryFolder(), 'local-tenant.db');
    const [writing, watching] = [await sqliteStore(path), await sqliteStore(path)];
    onTestFinished(() => Promise.all([writing.close(), watching.close()]).then(() => {}));
    const tenant = await testTenant({ store: writing });
    const sizes = async () => [await watching.count('client'), await watching.count('client_grant')];
    await watching.refresh();
    const seen = new Set([String(await sizes())]);
    const importing = importState(writing, sampleExport({ clients: 300, grants: 700 }));
    let isDone = false;
    const done = importing.then(() => (isDone = true));
    while (!isDone) {
      await new Promise(setImmediate);
      seen.add(String(await watching.snapshot(sizes)));
    }
    await done;
    seen.add(String(await sizes()));
    expect([...seen]).toEqual(['2,1', '301,701']);
    await watching.refresh();
    expect(await watching.get('client', tenant.app.client_id)).toBeUndefined();
  });

  it('reports whether the keys are the same', async () => {
    const { store } = await testTenant();
    const exported = await exportState(store);
    expect(await importState(store, throughFile(exported))).toEqual({ newKeys: false });
    await store.write((writer) => writer.put('key', 'current', { ...otherTenantKeys }));
    expect(await importState(store, throughFile(exported))).toEqual({ newKeys: true });
  });

  it('of an earlier version is upgraded', async () => {
    const { store } = await testTenant();
    await importState(store, sampleExport());
    const server = await store.find('resource_server', { lookup: 'is_system', value: 'true' });
    expect(JSON.stringify(server?.scopes)).toContain('delete:client_credentials');
  });

  it('leaves behind what was used once', async () => {
    const { store } = await testTenant();
    const time = { nowSeconds: 100, endSeconds: 200 };
    expect(await store.takeOnce('jti', time)).toBe(true);
    const other = memoryStore();
    await importState(other, throughFile(await exportState(store)));
    expect(await other.takeOnce('jti', time)).toBe(true);
  });
});

describe('an export', () => {
  it('holds one state, and not halves of two, while others write', async () => {
    const { store } = await testTenant();
    const pair = async (value: number) =>
      store.write((writer) => {
        writer.put('client', 'first', { client_id: 'first', value });
        writer.put('client_grant', 'last', { id: 'last', value });
      });
    await pair(0);
    const exporting = exportState(store);
    for (const value of [1, 2, 3]) await pair(value);
    const { client, client_grant: grants } = (await exporting).documents;
    expect(client.at(-1)?.document.value).toBe(grants.at(-1)?.document.value);
  });
});

describe('a tenant that nobody has changed', () => {
  it.each(['preview', 'ea'] as const)('is recognised in edition %s, whatever its issuer is', async (edition) => {
    expect(await isFresh((await testTenant({ edition, domain: 'acme.test' })).store)).toBe(true);
  });

  it.each<[string, readonly string[]]>([
    ['without origins', ['web_origins', 'allowed_origins', 'allowed_logout_urls']],
    ['without callbacks', ['allowed_logout_urls']],
  ])('is recognised where an earlier version created it, %s', async (_, missing) => {
    const { store, app } = await testTenant();
    await store.write(async (writer) => {
      const { oidc_logout: __, ...settings } = (await writer.get('tenant', 'settings')) ?? {};
      writer.put('tenant', 'settings', settings);
      const members = Object.entries((await writer.get('client', app.client_id)) ?? {});
      const before = Object.fromEntries(members.filter(([member]) => !missing.includes(member)));
      writer.put('client', app.client_id, { ...before, callbacks: [] });
    });
    expect(await isFresh(store)).toBe(true);
  });

  it.each<[string, (tenant: TestTenant) => Promise<unknown>]>([
    ['an origin', ({ change, app }) => change('client', app.client_id, { web_origins: ['https://shop.example'] })],
    ['no origins', ({ change, app }) => change('client', app.client_id, { allowed_origins: [] })],
    ['no callbacks', ({ change, app }) => change('client', app.client_id, { callbacks: [] })],
    ['a setting', ({ change }) => change('tenant', 'settings', { friendly_name: 'Ours' })],
    [
      'an open application',
      ({ change, app }) => change('client', app.client_id, { can_create_anonymous_sessions: true }),
    ],
    ['a scope', ({ change, api }) => change('resource_server', api.id, { scopes: [] })],
    ['a grant', ({ grantGuests, app }) => grantGuests(app.client_id)],
    ['another application', (tenant) => confidentialApp(tenant)],
    ['a user', async (tenant) => (await tenant.management())('POST', '/api/v2/users', { json: jane })],
    ['a rotated key', ({ change }) => change('key', 'current', { previous: { signing: [], session: [] } })],
    ['an Action', ({ change }) => change('action', 'a', { id: 'a' })],
    ['many applications', ({ store }) => importState(store, sampleExport({ clients: 9 }))],
  ])('is not one with %s', async (_, change) => {
    const tenant = await testTenant();
    await change(tenant);
    expect(await isFresh(tenant.store)).toBe(false);
  });
});
