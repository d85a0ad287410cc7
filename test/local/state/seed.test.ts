import { describe, expect, it } from 'vitest';
import { editionOf } from '../../../src/local/state/edition.ts';
import { reseed, seed } from '../../../src/local/state/seed.ts';
import type { Store } from '../../../src/local/store/store.ts';
import {
  asFromEarlierVersion,
  openTenant,
  otherTenantKeys,
  sequenceOfBytes,
  testKeys,
  testTenant,
} from '../../support/local.ts';
import { memoryStore, watched } from '../../support/memory-store.ts';

const kinds = ['tenant', 'key', 'client', 'resource_server', 'client_grant'] as const;
const everything = (store: Store) => Promise.all(kinds.map((kind) => store.list(kind)));
const seeding = (store: Store, keys = testKeys, name = 'first') => ({
  store,
  random: sequenceOfBytes(name),
  keys: async () => keys,
  issuer: 'https://localhost:4400/',
});

describe('a new tenant', () => {
  it('has one application and one API, both closed to guests', async () => {
    const tenant = await testTenant();
    expect(await tenant.store.list('client')).toMatchObject([
      { name: 'All Applications', global: true },
      { name: 'web', app_type: 'spa', token_endpoint_auth_method: 'none' },
    ]);
    expect(await tenant.store.list('resource_server')).toMatchObject([{ is_system: true }, { name: 'shop' }]);
    expect(await tenant.anonymousToken()).toMatchObject({ status: 403, body: { error: 'unauthorized_client' } });
    await tenant.change('client', tenant.app.client_id, { can_create_anonymous_sessions: true });
    expect(await tenant.anonymousToken()).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });

  it('is seeded by the first request only', async () => {
    const store = memoryStore();
    await seed(seeding(store));
    const before = await everything(store);
    await seed(seeding(store, otherTenantKeys, 'second'));
    expect(await everything(store)).toEqual(before);
  });

  it('is seeded once by many simultaneous requests', async () => {
    const store = memoryStore();
    await Promise.all(['one', 'two', 'three'].map((name) => seed(seeding(store, testKeys, name))));
    expect(await store.list('client')).toHaveLength(2);
    expect(await store.list('resource_server')).toHaveLength(2);
    expect(await store.list('client_grant')).toHaveLength(1);
  });
});

describe('the edition of a tenant', () => {
  it.each(['preview', 'ea'] as const)('is detected from its settings: %s', async (edition) => {
    const tenant = await testTenant({ edition });
    expect((await editionOf(tenant.store)).name).toBe(edition);
    const { body } = await (await tenant.management())('GET', '/api/v2/tenants/settings');
    expect(body).toMatchObject(
      {
        preview: { anonymous_session_lifetime: 2_592_000, sessions: { oidc_logout_prompt_enabled: true } },
        ea: { sessions: { oidc_logout_prompt_enabled: true } },
      }[edition],
    );
    expect('anonymous_session_lifetime' in body).toBe(edition === 'preview');
    // Absent in both: `preview` has no such member, and `ea` does not return it until it is set.
    expect(body.sessions).not.toHaveProperty('anonymous');
  });

  it('is preview by default, and stays the same when the state is opened as another', async () => {
    const store = memoryStore();
    await seed(seeding(store));
    await seed({ ...seeding(store), edition: 'ea' });
    expect((await editionOf(store)).name).toBe('preview');
  });

  it('survives a reset unless another is given', async () => {
    const { store } = await openTenant({ edition: 'ea' });
    await reseed(seeding(store));
    expect((await editionOf(store)).name).toBe('ea');
    await reseed({ ...seeding(store), edition: 'preview' });
    expect((await editionOf(store)).name).toBe('preview');
  });

  it.each(['preview', 'ea'] as const)('is detected after any PATCH of the settings: %s', async (edition) => {
    const tenant = await testTenant({ edition });
    const manage = await tenant.management();
    const change = (json: object) => manage('PATCH', '/api/v2/tenants/settings', { json });
    for (const member of ['anonymous_session_lifetime', 'anonymous_session_token_format']) {
      expect(await change({ [member]: null })).toMatchObject({ status: 400, body: { errorCode: 'invalid_body' } });
    }
    expect(await change({ sessions: null })).toMatchObject({ status: 200 });
    expect((await editionOf(tenant.store)).name).toBe(edition);
  });
});

describe('a state from an earlier version', () => {
  const added = ['read:client_grants', 'create:client_credentials'];

  it('gets new scopes, and loses nothing', async () => {
    const { store } = await testTenant();
    const asItWas = await everything(store);
    await store.write(async (writer) => {
      for (const grant of await writer.list('client_grant')) {
        const scope = (grant.scope as string[]).filter((value) => !added.includes(value));
        writer.put('client_grant', String(grant.id), { ...grant, scope });
      }
      for (const server of await writer.list('resource_server', { lookup: 'is_system', value: 'true' })) {
        const scopes = (server.scopes as { value: string }[]).filter(({ value }) => !added.includes(value));
        writer.put('resource_server', String(server.id), { ...server, scopes });
      }
    });
    await asFromEarlierVersion(store);
    const tenant = await testTenant({ store });
    const manage = await tenant.management();
    expect(await manage('GET', '/api/v2/client-grants')).toMatchObject({ status: 200 });
    const sorted = (text: unknown) =>
      JSON.stringify(text)
        .split(/[[\],]/)
        .sort();
    expect(sorted(await everything(store))).toEqual(sorted(asItWas));
  });

  it('is written only when something is missing', async () => {
    const { store } = await testTenant();
    const before = await store.list('client_grant');
    const mark = await store.get('tenant', 'upgrade');
    await asFromEarlierVersion(store);
    await (await testTenant({ store })).management();
    expect((await store.list('client_grant'))[0]).toBe(before[0]);
    expect(await store.get('tenant', 'upgrade')).toEqual(mark);
  });

  it('is looked through at the first start of this version only', async () => {
    const { store } = await testTenant();
    await asFromEarlierVersion(store);
    const start = async () => {
      const calls: string[] = [];
      const seen = watched(store, (name) => calls.push(name));
      await (await testTenant({ store: seen })).send('GET', '/.well-known/jwks.json');
      return calls.filter((name) => name === 'write');
    };
    expect(await start()).toEqual(['write']);
    expect(await start()).toEqual([]);
    // As after an upgrade by a version that knew fewer scopes.
    await store.write((writer) => writer.put('tenant', 'upgrade', { fingerprint: 'another' }));
    expect(await start()).toEqual(['write']);
    expect(await start()).toEqual([]);
  });
});

describe('a tenant after a reset', () => {
  it('is like a new one, with other keys', async () => {
    const tenant = await openTenant({ settings: { anonymous_session_lifetime: 1 } });
    const { session_token } = await tenant.session();
    await reseed(seeding(tenant.store, otherTenantKeys, 'second'));
    const fresh = memoryStore();
    await seed(seeding(fresh, otherTenantKeys, 'second'));
    expect(await everything(tenant.store)).toEqual(await everything(fresh));

    const app = (await tenant.store.list('client')).find((client) => client.name === 'web');
    const api = (await tenant.store.list('resource_server')).find((server) => server.name === 'shop');
    await tenant.change('client', String(app?.client_id), { can_create_anonymous_sessions: true });
    await tenant.change('resource_server', String(api?.id), { allow_anonymous_access: true });
    expect(await tenant.anonymousToken({ client_id: app?.client_id, session_token })).toMatchObject({
      status: 400,
      body: { error: 'invalid_session_token' },
    });
  });
});
