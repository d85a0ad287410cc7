import { createHash } from 'node:crypto';
import { compactDecrypt, createLocalJWKSet, jwtVerify } from 'jose';
import { expect } from 'vitest';
import type { Random } from '../../src/local/random.ts';
import { editionOf } from '../../src/local/state/edition.ts';
import { seed } from '../../src/local/state/seed.ts';
import type { Kind, Store } from '../../src/local/store/store.ts';
import { createTenant, type Tenant, type TenantOptions } from '../../src/local/tenant.ts';
import type { KeyMaterial } from '../../src/local/tokens/keys.ts';
import type { AnonymousTokenResponse } from '../../src/wire/anonymous-token.ts';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import { managementAudience } from '../../src/wire/oauth.ts';
import { sampleApi, sampleApp } from '../../src/wire/sample.ts';
import type { JsonObject } from '../../src/wire/schema.ts';
import storedKeys from '../local/tenant-keys.json' with { type: 'json' };
import { memoryStore } from './memory-store.ts';

/** The keys of every test tenant, and those of another tenant. */
export const testKeys: KeyMaterial = storedKeys.one;
export const otherTenantKeys: KeyMaterial = storedKeys.other;

export interface MovableClock {
  (): number;
  forward(seconds: number): void;
}

/** Stays at noon of 1 June 2026, UTC, or at the given time, until it is moved. */
export function movableClock(now = Date.UTC(2026, 5, 1, 12)): MovableClock {
  return Object.assign(() => now, {
    forward(seconds: number) {
      now += seconds * 1000;
    },
  });
}

/** Different bytes each time, and the same sequence for each name. */
export function sequenceOfBytes(name = 'first'): Random {
  let drawn = 0;
  return (length) => createHash('shake256', { outputLength: length }).update(`${name} ${drawn++}`).digest();
}

interface RequestOptions {
  readonly json?: unknown;
  /** The raw body; its Content-Type is JSON by default. */
  readonly text?: string;
  readonly form?: Record<string, string> | string;
  readonly headers?: Record<string, string>;
}

/** A response with its JSON body, or `{}` without one. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the assertions of a test are what checks it
  readonly body: any;
}

export type Send = (method: string, path: string, options?: RequestOptions) => Promise<Answer>;

export interface TestTenant extends Tenant {
  readonly store: Store;
  readonly clock: MovableClock;
  /** The edition in which it was seeded. */
  readonly edition: EditionName;
  /** The client that may configure the tenant. */
  readonly admin: TestTenant['app'];
  /** The sample application and API as they were seeded. */
  readonly app: { readonly client_id: string; readonly client_secret: string };
  readonly api: { readonly id: string; readonly identifier: string };
  readonly send: Send;
  /** POST /anonymous/token for the sample application and API, changed by `members`. */
  anonymousToken(members?: JsonObject, headers?: Record<string, string>): Promise<Answer>;
  /** The tokens of a request that must succeed. */
  session(members?: JsonObject): Promise<AnonymousTokenResponse & { readonly session_token: string }>;
  /** Sends with a Management API token that has all scopes, or the given ones. */
  management(...scopes: string[]): Promise<Send>;
  change(kind: Kind, id: string, members: JsonObject): Promise<void>;
  /** Gives guests of an application a grant for the sample API: `read:catalog` and `write:cart`, changed by `members`. */
  grantGuests(clientId: string, members?: JsonObject): Promise<void>;
}

type Doors = Partial<Omit<TenantOptions, 'clock'>> & { readonly clock?: MovableClock };

/** A seeded tenant, edition `preview` by default, whose sample application and API are closed to guests. */
export async function testTenant(doors: Doors = {}): Promise<TestTenant> {
  const { clock = movableClock() } = doors;
  const { store = memoryStore(), random = sequenceOfBytes(), keys = async () => testKeys, edition } = doors;
  const tenant = createTenant({ ...doors, clock, store, random, keys });
  await seed({ store, random, keys, issuer: tenant.issuer, edition });
  const send = sender(tenant);
  const app = (await named(store, 'client', sampleApp.name)) as TestTenant['app'];
  const api = (await named(store, 'resource_server', sampleApi.name)) as TestTenant['api'];

  const anonymousToken: TestTenant['anonymousToken'] = (members = {}, headers = {}) =>
    send('POST', '/anonymous/token', {
      json: { client_id: app.client_id, audience: api.identifier, ...members },
      headers,
    });
  return {
    get issuer() {
      return tenant.issuer;
    },
    randomness: tenant.randomness,
    now: tenant.now,
    movedClock: tenant.movedClock,
    ready: tenant.ready,
    warmUp: tenant.warmUp,
    handle: tenant.handle,
    store,
    clock,
    edition: (await editionOf(store)).name,
    admin: await globalClient(store),
    app,
    api,
    send,
    anonymousToken,
    async session(members) {
      const { status, body } = await anonymousToken(members);
      if (status !== 200) throw new Error(`no session: ${JSON.stringify(body)}`);
      return body;
    },
    async management(...scopes) {
      const token = await managementToken({ send, store, issuer: tenant.issuer }, scopes);
      return withBearer(send, token);
    },
    async change(kind, id, members) {
      await store.write(async (writer) => writer.put(kind, id, { ...(await writer.get(kind, id)), ...members }));
    },
    async grantGuests(clientId, members) {
      const grant = { ...guestGrant(clientId, { ...api }), id: `cgr_guests_${clientId}`, ...members };
      await store.write((writer) => writer.put('client_grant', grant.id, grant));
    },
  };
}

interface OpenTenantOptions extends Doors {
  readonly settings?: JsonObject;
  readonly app?: JsonObject;
  readonly api?: JsonObject;
}

/** A tenant on which guests may have `read:catalog` and `write:cart` of the sample API. */
export async function openTenant({ settings, app, api, ...doors }: OpenTenantOptions = {}): Promise<TestTenant> {
  const tenant = await testTenant(doors);
  await tenant.change('tenant', 'settings', { ...settings });
  await openGates(tenant.store, { client: tenant.app.client_id, resource_server: tenant.api.id });
  await tenant.change('client', tenant.app.client_id, { ...app });
  await tenant.change('resource_server', tenant.api.id, { ...api });
  return tenant;
}

const openMembers = {
  preview: {
    client: { can_create_anonymous_sessions: true },
    resource_server: { allow_anonymous_access: true, anonymous_access_scopes: ['read:catalog', 'write:cart'] },
  },
  ea: {
    client: { anonymous_sessions: { active: true } },
    resource_server: {
      subject_type_authorization: {
        client: { policy: 'require_client_grant' },
        user: { policy: 'allow_all' },
        anonymous_user: { policy: 'require_client_grant' },
      },
    },
  },
} as const;

/** Opens an application and an API to guests with `read:catalog` and `write:cart`, without the Management API. */
export async function openGates(store: Store, ids: { client: string; resource_server: string }): Promise<void> {
  await store.write(async (writer) => {
    const edition = await editionOf(writer);
    const members = openMembers[edition.name];
    const client = await writer.get('client', ids.client);
    const server = await writer.get('resource_server', ids.resource_server);
    writer.put('client', ids.client, { ...client, ...members.client });
    writer.put('resource_server', ids.resource_server, { ...server, ...members.resource_server });
    if (edition.grantsScopes) writer.put('client_grant', guestGrantId, guestGrant(ids.client, server));
  });
}

/** Removes from a state what says that this version has upgraded it. */
export async function asFromEarlierVersion(store: Store): Promise<void> {
  await store.write((writer) => writer.remove('tenant', 'upgrade'));
}

/** The id of the grant that {@link openGates} makes. */
export const guestGrantId = 'cgr_guestsofthesample';

function guestGrant(clientId: string, server: JsonObject | undefined): JsonObject {
  return {
    id: guestGrantId,
    client_id: clientId,
    audience: server?.identifier,
    scope: ['read:catalog', 'write:cart'],
    subject_type: 'anonymous_user',
  };
}

/** A confidential application of `tenant`, open to guests. */
export async function confidentialApp(tenant: TestTenant, members: JsonObject = {}): Promise<TestTenant['app']> {
  const manage = await tenant.management();
  const { name: edition } = await editionOf(tenant.store);
  const { body } = await manage('POST', '/api/v2/clients', {
    json: { name: 'server', oidc_conformant: true, ...openMembers[edition].client, ...members },
  });
  return body;
}

export async function globalClient(store: Store): Promise<TestTenant['app']> {
  return (await store.find('client', { lookup: 'global', value: 'true' })) as TestTenant['app'];
}

/** The header of HTTP Basic. */
export function basic(id: string, secret: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

export function withBearer(send: Send, token: string): Send {
  return (method, path, options = {}) =>
    send(method, path, { ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } });
}

/** The second part of a JWT, unverified. */
export function claimsOf(token: string): JsonObject {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

/** The claims of a token that `jose` verifies with the keys that the tenant serves. */
export async function verifiedClaims({ send, clock }: TestTenant, token: string): Promise<JsonObject> {
  const { body: keys } = await send('GET', '/.well-known/jwks.json');
  const options = { algorithms: ['RS256'], currentDate: new Date(clock()) };
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(keys), options);
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: keys.keys[0].kid });
  return payload;
}

/** The claims of an encrypted session token, decrypted by `jose` (not by our code) with the key in the state. */
export async function openSealed(store: Store, sessionToken: string): Promise<JsonObject> {
  const { plaintext } = await compactDecrypt(sessionToken, await sessionKey(store), {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  });
  return JSON.parse(new TextDecoder().decode(plaintext));
}

export async function sessionKey(store: Store): Promise<Uint8Array> {
  const keys = (await store.get('key', 'current')) as unknown as KeyMaterial;
  return Buffer.from(keys.session.k, 'base64url');
}

async function managementToken(
  { send, store, issuer }: { send: Send; store: Store; issuer: string },
  scopes: readonly string[],
): Promise<string> {
  const client = await (scopes.length === 0 ? globalClient(store) : machineApp(store, issuer, scopes));
  const { body } = await send('POST', '/oauth/token', {
    json: {
      grant_type: 'client_credentials',
      client_id: client.client_id,
      client_secret: client.client_secret,
      audience: managementAudience(issuer),
    },
  });
  return body.access_token;
}

/** An application that can get a Management API token with exactly these scopes. */
async function machineApp(store: Store, issuer: string, scope: readonly string[]): Promise<TestTenant['app']> {
  const app = { client_id: `machine ${scope.join(' ')}`, client_secret: 'machine-secret' };
  await store.write((writer) => {
    writer.put('client', app.client_id, { ...app, grant_types: ['client_credentials'] });
    writer.put('client_grant', app.client_id, {
      id: app.client_id,
      client_id: app.client_id,
      audience: managementAudience(issuer),
      scope,
    });
  });
  return app;
}

export function sender(tenant: Tenant): Send {
  return async (method, path, { json, form, text, headers } = {}) => {
    const sent = form === undefined ? (text ?? JSON.stringify(json)) : new URLSearchParams(form);
    const response = await tenant.handle(
      new Request(new URL(path, tenant.issuer), {
        method,
        headers: { ...(typeof sent === 'string' && { 'content-type': 'application/json' }), ...headers },
        ...(sent !== undefined && { body: sent }),
      }),
    );
    const answered = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(answered) : {} };
  };
}

async function named(store: Store, kind: Kind, name: string): Promise<JsonObject> {
  const document = (await store.list(kind)).find((candidate) => candidate.name === name);
  if (!document) throw new Error(`the seed has no ${kind} called ${name}`);
  return document;
}
