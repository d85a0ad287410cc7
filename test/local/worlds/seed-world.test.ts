import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { readWorld } from '../../../src/domain/world/world.ts';
import type { Store } from '../../../src/local/store/store.ts';
import { issueGuests, type SeedingOptions, seedWorld } from '../../../src/local/worlds/seed-world.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import type { TenantWorld } from '../../../src/wire/tenant-world.ts';
import { sequenceOfBytes, testTenant } from '../../support/local.ts';

const shop = 'https://shop.example/api';

const whole = {
  tenant: { lifetime: '20d' },
  apps: {
    web: { 'client-id': 'web_1', enabled: true, 'oidc-conformant': true, origins: ['http://localhost:3000'] },
    backend: { 'client-secret': 's3cret' },
  },
  apis: { [shop]: { name: 'our-shop', open: true, 'token-lifetime': '1h', scopes: ['read:catalog'] } },
  claims: { 'https://shop.example/language': 'metadata.language' },
  users: { 'jane@example.com': { password: 'Correct-horse1', name: 'Jane', id: 'jane' }, 'Joe@example.com': {} },
  guests: { anna: { id: 'anna', metadata: { language: 'de' } }, old: { age: '40d' } },
};

function worldOf(written: object): TenantWorld {
  const result = readWorld({ name: 'world', text: JSON.stringify(written) });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.written.world;
}

const kinds = ['tenant', 'key', 'client', 'resource_server', 'client_grant', 'user', 'action'] as const;
const everything = (store: Store) => Promise.all(kinds.map((kind) => store.list(kind)));

async function tenantFor(edition: EditionName = 'preview') {
  const tenant = await testTenant({ edition });
  const place = {
    ...{ store: tenant.store as Store, machineMs: tenant.clock(), issuer: tenant.issuer },
    named: () => undefined,
  };
  const seed = (written: object, options: SeedingOptions = {}) => seedWorld(place, worldOf(written), options);
  const issue = (written: object, saved = {}) =>
    issueGuests({ ...place, random: sequenceOfBytes('guests') }, worldOf(written), saved);
  return { tenant, seed, issue, place };
}

const names = ({ changes }: Awaited<ReturnType<typeof seedWorld>>) =>
  changes.map(({ kind, name, change }) => `${change} ${kind} ${name}`);

describe.each<EditionName>(['preview', 'ea'])('a world in a tenant of edition %s', (edition) => {
  it('is there after it was put in, and a second time changes nothing', async () => {
    const { tenant, seed, issue } = await tenantFor(edition);
    expect(names(await seed(whole))).toEqual([
      'updated tenant ',
      'updated app web',
      'created app backend',
      `created api ${shop}`,
      ...['created user jane@example.com', 'created user Joe@example.com', 'created guest anna', 'created guest old'],
    ]);
    const guests = await issue(whole);
    const saved = Object.fromEntries(guests.map(({ name, sessionToken }) => [name, sessionToken]));
    const before = await everything(tenant.store);
    expect(await seed(whole, { saved })).toMatchObject({ changes: [], problems: [] });
    expect(await everything(tenant.store)).toEqual(before);
    expect(await issue(whole, saved)).toEqual([]);
  });

  it('gives its guests tokens that the tenant accepts', async () => {
    const { tenant, seed, issue } = await tenantFor(edition);
    await seed(whole);
    const [anna, old] = await issue(whole);
    expect(decodeJwt(anna?.accessToken ?? '')).toMatchObject({
      ...{
        sub: edition === 'ea' ? 'anon@anna' : 'anon|anna',
        aud: shop,
        azp: 'web_1',
        scope: 'read:catalog',
        'https://shop.example/language': 'de',
      },
    });
    const renew = (session_token?: string) =>
      tenant.send('POST', '/anonymous/token', { json: { client_id: 'web_1', audience: shop, session_token } });
    expect(await renew(anna?.sessionToken)).toMatchObject({ status: 200, body: { expires_in: 3600 } });
    expect(await renew(old?.sessionToken)).toMatchObject({ body: { error: 'session_expired' } });
    expect(old?.accessEndsAt).toBeLessThan(tenant.clock() / 1000);
  });

  it('changes only what differs', async () => {
    const { seed } = await tenantFor(edition);
    await seed(whole);
    const apis = { [shop]: { ...whole.apis[shop], scopes: ['read:catalog', 'write:cart'] } };
    expect(names(await seed({ ...whole, guests: {}, apis }))).toEqual([`updated api ${shop}`]);
    const users = { 'jane@example.com': { password: 'Another-word2' } };
    expect(names(await seed({ users }))).toEqual(['updated user jane@example.com']);
  });

  it('is not saved where something is wrong, nor in a dry run', async () => {
    const { tenant, seed } = await tenantFor(edition);
    const before = await everything(tenant.store);
    const wrong = { ...whole, guests: { anna: { scopes: ['nothing'] } } };
    expect(await seed(wrong)).toMatchObject({ problems: [{ path: ['guests', 'anna', 'scopes'] }] });
    expect((await seed(whole, { dryRun: true })).changes).toHaveLength(8);
    expect(await everything(tenant.store)).toEqual(before);
  });
});

describe('what a world', () => {
  it('takes along with a client id: grants', async () => {
    const { tenant, seed } = await tenantFor('ea');
    await tenant.grantGuests(tenant.app.client_id);
    await seed({ apps: { web: { 'client-id': 'pinned' } } });
    expect(await tenant.store.list('client_grant', { lookup: 'client_id', value: 'pinned' })).toHaveLength(1);
    expect(await tenant.store.get('client', tenant.app.client_id)).toBeUndefined();
  });

  it('gives a user lets them log in', async () => {
    const { tenant, seed } = await tenantFor();
    const { newPasswords } = await seed(whole);
    expect(newPasswords).toEqual([{ email: 'Joe@example.com', password: expect.stringMatching(/^Aa1!/) }]);
    const user = await tenant.store.get('user', 'auth0|jane');
    expect(user).toMatchObject({ email: 'jane@example.com', name: 'Jane', identities: [{ user_id: 'jane' }] });
    await seed({ users: { 'JANE@example.com': { id: 'moved' } } });
    expect(await tenant.store.get('user', 'auth0|jane')).toBeUndefined();
    expect(await tenant.store.get('user', 'auth0|moved')).toMatchObject({ identities: [{ user_id: 'moved' }] });
  });

  it('sets for the clock is followed by everything else', async () => {
    const { tenant, seed, issue } = await tenantFor();
    await seed({ ...whole, clock: { 'frozen-at': '2030-01-01T00:00Z' } });
    const [anna] = await issue(whole);
    expect(anna?.createdAt).toBe(Date.UTC(2030, 0, 1) / 1000);
    expect(await tenant.store.get('user', 'auth0|jane')).toMatchObject({ created_at: '2030-01-01T00:00:00.000Z' });
    expect(names(await seed({ clock: { offset: '+0s' } }))).toEqual(['updated clock ']);
    expect(await tenant.store.get('tenant', 'clock')).toBeUndefined();
    expect((await seed({ clock: { offset: '+9000y' } })).problems).toMatchObject([{ path: ['clock'] }]);
  });

  it('gives as keys replaces them, and so the sessions of guests', async () => {
    const { tenant, seed, issue } = await tenantFor();
    await seed(whole);
    const [anna] = await issue(whole);
    const saved = { anna: anna?.sessionToken ?? '' };
    expect(names(await seed({ ...whole, keys: { seed: 1 }, guests: { anna: whole.guests.anna } }, { saved }))).toEqual([
      'updated keys ',
      'updated guest anna',
    ]);
    expect(await tenant.store.get('key', 'current')).toMatchObject({
      signing: { kid: expect.stringMatching(/^[\w-]{22}$/) },
    });
  });

  it('shortens lives on for the keys: tokens with the longer lifetime may still be out there', async () => {
    const { tenant, seed } = await tenantFor();
    const keys = { seed: 1 };
    await seed({ keys, tenant: { format: 'jwt', lifetime: '300d' } });
    await seed({ keys, tenant: { lifetime: '30d' } });
    expect(await tenant.store.get('key', 'current')).toMatchObject({ signing: { longest_seconds: 300 * 86_400 } });
    expect((await seed({ keys, tenant: { lifetime: '30d' } })).changes).toEqual([]);
  });

  it('has in a new tenant makes room: the samples go', async () => {
    const { tenant, seed } = await tenantFor();
    await seed({ apps: { own: {} } }, { isNew: true });
    const left = async (kind: 'client' | 'resource_server') => (await tenant.store.list(kind)).map(({ name }) => name);
    expect(await left('client')).toEqual(['All Applications', 'own']);
    expect(await left('resource_server')).toEqual(['Auth0 Management API', 'shop']);
  });

  it('starts over with is one transaction', async () => {
    const { tenant, seed } = await tenantFor();
    await seed({ users: { 'old@example.com': {} } });
    const reset = { edition: 'ea', seedRandom: 42 } as const;
    const wrong = await seed({ apps: { web: { 'client-id': 'x' } }, guests: { anna: {} } }, { reset });
    expect(wrong.problems).toHaveLength(1);
    expect(await tenant.store.list('user')).toHaveLength(1);
    expect(await seed({ apps: { web: {} } }, { reset })).toMatchObject({ edition: 'ea', problems: [] });
    const [, app] = await tenant.store.list('client');
    await seed({ apps: { other: {}, web: {} } }, { reset });
    const [, , second] = await tenant.store.list('client');
    expect([app?.name, second?.client_id]).toEqual(['web', app?.client_id]);
    expect(await tenant.store.list('user')).toEqual([]);
  });

  it('runs as Actions runs in its order', async () => {
    const { tenant, seed } = await tenantFor();
    const actions = (...files: string[]) => ({ actions: { 'post-login': files.map((file) => ({ file })) } });
    const order = async () =>
      [...(await tenant.store.list('action'))]
        .sort((a, b) => Number(a.order) - Number(b.order))
        .map(({ name }) => name);
    await seed(actions('/other.js'));
    await seed(actions('/a.js', '/b.js'));
    expect(await order()).toEqual(['other', 'a', 'b']);
    expect(names(await seed(actions('/b.js', '/c.js', '/a.js')))).toEqual([
      'updated action b',
      'created action c',
      'updated action a',
    ]);
    expect(await order()).toEqual(['other', 'b', 'c', 'a']);
    expect((await seed(actions('/b.js', '/c.js', '/a.js'))).changes).toEqual([]);
  });

  it.each<[EditionName, object, object]>([
    ['preview', { apis: { [shop]: { scopes: ['a'], apps: { web: ['b'] } } } }, { path: ['apis', shop, 'apps', 'web'] }],
    ['ea', { apis: { [shop]: { apps: { nobody: ['b'] } } } }, { path: ['apis', shop, 'apps', 'nobody'] }],
    [
      'preview',
      { apis: { [shop]: { scopes: ['a'], 'defined-scopes': ['b'] } } },
      { path: ['apis', shop, 'scopes', 0] },
    ],
    ['ea', { apps: { web: { enabled: true, 'oidc-conformant': false } } }, { path: ['apps', 'web', 'enabled'] }],
    ['preview', { users: { 'a@b.de': { password: 'short' } } }, { path: ['users', 'a@b.de', 'password'] }],
    ['preview', { guests: { anna: {} } }, { path: ['guests', 'anna', 'app'] }],
    ['preview', { guests: { anna: { app: 'nobody' } } }, { path: ['guests', 'anna', 'app'] }],
    ['preview', { ...whole, guests: { anna: { api: 'https://other' } } }, { path: ['guests', 'anna', 'api'] }],
    ['ea', { ...whole, guests: { anna: { metadata: { a: { b: 1 } } } } }, { path: ['guests', 'anna', 'metadata'] }],
    [
      'preview',
      { apis: { 'https://localhost:4400/api/v2/': {} } },
      { path: ['apis', 'https://localhost:4400/api/v2/'] },
    ],
  ])('cannot have in edition %s is a problem: %j', async (edition, written, problem) => {
    const { seed } = await tenantFor(edition);
    expect((await seed(written)).problems).toMatchObject([problem]);
  });
});
