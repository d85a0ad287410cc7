import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLocalJWKSet, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { managementScopes } from '../../../../src/local/state/upgrade.ts';
import { cachedStore } from '../../../../src/local/store/cached-store.ts';
import type { SavedDocument } from '../../../../src/local/store/database.ts';
import { grantAccess } from '../../../../src/local/store/lookups.ts';
import { openSqlite } from '../../../../src/local/store/sqlite/database.ts';
import type { Kind, Store } from '../../../../src/local/store/store.ts';
import { createTenant } from '../../../../src/local/tenant.ts';
import { clientAssertionType } from '../../../../src/wire/client-assertion.ts';
import type { EditionName } from '../../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../../src/wire/schema.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { claimsOf, type Send, sender, sequenceOfBytes, testKeys, withBearer } from '../../../support/local.ts';

/** What a released version left in a state file, and what it issued. @see test/fixtures/state/README.md */
interface Fixture {
  readonly edition: EditionName;
  readonly issuer: string;
  readonly made_at: string;
  readonly app: { readonly client_id: string };
  readonly keyed_app: { readonly client_id: string; readonly private_key: JWK; readonly used_assertion: string };
  readonly guest: { readonly session_token: string; readonly access_token: string };
  readonly management_token: string;
  readonly documents: Readonly<Record<Kind, readonly Pick<SavedDocument, 'id' | 'document'>[]>>;
}

const kinds = ['tenant', 'key', 'client', 'resource_server', 'client_grant', 'client_credential'] as const;
const shop = 'https://api.shop.example';
const news = 'https://news.example';

/** A copy of a fixture, because opening it changes it. */
function stateOf(name: string): { path: string; fixture: Fixture } {
  const file = (end: string) => fileURLToPath(new URL(`../../../fixtures/state/${name}.${end}`, import.meta.url));
  const path = join(temporaryFolder(), 'state.db');
  copyFileSync(file('db'), path);
  return { path, fixture: JSON.parse(readFileSync(file('json'), 'utf8')) };
}

async function open(path: string): Promise<Store> {
  const store = cachedStore(await openSqlite(path));
  onTestFinished(() => store.close());
  return store;
}

/** All documents in the file by kind, in their order; the text shows the order of their members too. */
async function documentsIn(path: string): Promise<Record<string, string[]>> {
  const database = await openSqlite(path);
  try {
    const lists = kinds.map(async (kind) => [kind, textsOf(await database.list(kind, undefined, undefined))] as const);
    return Object.fromEntries(await Promise.all(lists));
  } finally {
    await database.close();
  }
}

function textsOf(documents: readonly Pick<SavedDocument, 'id' | 'document'>[]): string[] {
  return documents.map(({ id, document }) => `${id} ${JSON.stringify(document)}`);
}

function expected({ documents }: Fixture): Record<string, string[]> {
  return Object.fromEntries(kinds.map((kind) => [kind, textsOf(documents[kind])]));
}

/** The tenant in the file, a minute after the released version served it. */
async function tenantIn(path: string, { made_at }: Fixture): Promise<{ send: Send; store: Store; now: Date }> {
  const now = new Date(Date.parse(made_at) + 60_000);
  const store = await open(path);
  const tenant = createTenant({
    store,
    clock: () => now.getTime(),
    random: sequenceOfBytes(),
    keys: async () => testKeys,
  });
  await tenant.ready();
  return { send: sender(tenant), store, now };
}

/** A document of the Management API, which has more endpoints in a later version. */
function withLaterScopes(document: JsonObject): JsonObject {
  if (document.is_system !== true) return document;
  return {
    ...document,
    ...('scope' in document && { scope: [...managementScopes] }),
    ...('scopes' in document && { scopes: managementScopes.map((value) => ({ value })) }),
  };
}

describe.each(['layout-1-preview', 'layout-1-ea', 'layout-2-preview', 'layout-2-ea'])('the state %s', (name) => {
  it('keeps all documents, their order and that of their members', async () => {
    const { path, fixture } = stateOf(name);
    expect(await documentsIn(path)).toEqual(expected(fixture));
    // Again, now that it has been upgraded.
    expect(await documentsIn(path)).toEqual(expected(fixture));
  });

  it('is upgraded once when several open it at the same time', async () => {
    const { path, fixture } = stateOf(name);
    const stores = await Promise.all(Array.from({ length: 4 }, () => open(path)));
    for (const store of stores) {
      expect(await store.list('client')).toEqual(fixture.documents.client.map(({ document }) => document));
    }
    expect(await documentsIn(path)).toEqual(expected(fixture));
  });

  it('finds documents by their values', async () => {
    const { path, fixture } = stateOf(name);
    const store = await open(path);
    const { client, resource_server: apis } = fixture.documents;
    expect(await store.find('client', { lookup: 'global', value: 'true' })).toEqual(client[0]?.document);
    expect(await store.find('resource_server', { lookup: 'identifier', value: news })).toEqual(apis[2]?.document);
    const access = grantAccess(fixture.keyed_app.client_id, news, 'client');
    expect(await store.find('client_grant', { lookup: 'access', value: access })).toMatchObject({
      scope: ['write:news'],
    });
    const ofKeyedApp = { lookup: 'client_id', value: fixture.keyed_app.client_id };
    expect(await store.count('client_credential', ofKeyedApp)).toBe(1);
  });

  it('stays the same tenant', async () => {
    const { path, fixture } = stateOf(name);
    const { store } = await tenantIn(path, fixture);
    const documentsOf = (kind: Kind) => fixture.documents[kind].map(({ document }) => withLaterScopes(document));
    for (const kind of kinds.filter((other) => other !== 'tenant' && other !== 'resource_server')) {
      expect(await store.list(kind)).toEqual(documentsOf(kind));
    }
    expect(await store.get('tenant', 'settings')).toEqual(documentsOf('tenant')[0]);
    // A later version adds what its edition has, and removes a member of the other edition.
    const apis = documentsOf('resource_server').map(({ allow_anonymous_access: _, ...api }) => api);
    expect(await store.list('resource_server')).toMatchObject(apis);
  });

  it('still accepts the tokens that were issued from it', async () => {
    const { path, fixture } = stateOf(name);
    const { send, now } = await tenantIn(path, fixture);
    const { guest, management_token } = fixture;
    const { body: keys } = await send('GET', '/.well-known/jwks.json');
    const { payload } = await jwtVerify(guest.access_token, createLocalJWKSet(keys), {
      issuer: fixture.issuer,
      audience: shop,
      currentDate: now,
    });
    const renewed = await send('POST', '/anonymous/token', {
      json: { client_id: fixture.app.client_id, audience: shop, session_token: guest.session_token },
    });
    expect(renewed.status).toBe(200);
    expect(claimsOf(renewed.body.access_token)).toMatchObject({ sub: payload.sub, scope: payload.scope });
    const listed = await withBearer(send, management_token)('GET', '/api/v2/clients?is_global=false');
    expect(listed.body.map((client: JsonObject) => client.name)).toEqual([
      'web',
      'server',
      'after the deleted one',
      'by key',
    ]);
  });

  it('knows which assertion was used, and accepts a new one of the same key', async () => {
    const { path, fixture } = stateOf(name);
    const { send, now } = await tenantIn(path, fixture);
    const { client_id, private_key, used_assertion } = fixture.keyed_app;
    const token = async (assertion: string) => {
      const credentials = { client_assertion: assertion, client_assertion_type: clientAssertionType };
      const json = { grant_type: 'client_credentials', audience: news, ...credentials };
      return (await send('POST', '/oauth/token', { json })).status;
    };
    const another = await new SignJWT({ ...claimsOf(used_assertion), jti: 'another' })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(await importJWK({ ...private_key, alg: 'ES256' }, 'ES256'));
    expect(claimsOf(used_assertion)).toMatchObject({ iss: client_id });
    expect(Number(claimsOf(used_assertion).exp)).toBeGreaterThan(now.getTime() / 1000);
    expect([await token(another), await token(another), await token(used_assertion)]).toEqual([200, 401, 401]);
  });

  it('can be written to', async () => {
    const { path, fixture } = stateOf(name);
    const { send } = await tenantIn(path, fixture);
    const manage = withBearer(send, fixture.management_token);
    const { client_id } = fixture.app;
    expect(await manage('PATCH', `/api/v2/clients/${client_id}`, { json: { name: 'shop front' } })).toMatchObject({
      status: 200,
    });
    const names = (await (await open(path)).list('client')).map((client) => client.name);
    expect(names).toEqual(['All Applications', 'shop front', 'server', 'after the deleted one', 'by key']);
  });
});
