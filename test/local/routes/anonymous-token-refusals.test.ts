import { createHmac, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import type { DocumentDatabase } from '../../../src/local/store/database.ts';
import { memoryDatabase } from '../../../src/local/store/memory.ts';
import { createTenant } from '../../../src/local/tenant.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import type { JsonObject } from '../../../src/wire/schema.ts';
import {
  type Answer,
  basic,
  claimsOf,
  confidentialApp,
  globalClient,
  movableClock,
  openTenant,
  otherTenantKeys,
  sender,
  sequenceOfBytes,
  testKeys,
  withBearer,
} from '../../support/local.ts';
import { memoryStore, watched } from '../../support/memory-store.ts';

const editions = ['preview', 'ea'] as const;

/** Checks a refusal: status, error, a description, and that it must not be cached. */
function expectRefusal(answer: Answer, status: number, error: string): void {
  expect(answer.body).toEqual({ error, error_description: expect.stringMatching(/^\S.*\S$/) });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
}

describe.each(editions)('an unreadable request is refused as invalid_request, edition %s', (edition) => {
  it.each([
    ['an empty body', '', 'application/json'],
    ['broken JSON', '{"client_id":', 'application/json'],
    ['null', 'null', 'application/json'],
    ['an array', '[]', 'application/json'],
    ['text', '"client_id"', 'application/json'],
    ['a type that is neither JSON nor a form', '{}', 'text/plain', 415],
    ['JSON that calls itself a form', '{"client_id":"a"}', 'application/x-www-form-urlencoded'],
    ['a form that calls itself JSON', 'client_id=a', 'application/json'],
    ['an empty form', '', 'application/x-www-form-urlencoded'],
    ['a form with a parameter twice', 'client_id=a&client_id=a', 'application/x-www-form-urlencoded'],
    ['a form with metadata', 'client_id=a&metadata=%7B%7D', 'application/x-www-form-urlencoded'],
  ])('%s', async (_, text, type, status = 400) => {
    const tenant = await openTenant({ edition });
    const headers = { 'content-type': type };
    expectRefusal(await tenant.send('POST', '/anonymous/token', { text, headers }), status, 'invalid_request');
  });

  it.each([
    ['client_id', undefined],
    ['client_id', ''],
    ['client_id', 7],
    ['client_secret', 7],
    ['audience', ['https://api.shop.example']],
    ['scope', ['read:catalog']],
    ['session_token', {}],
    ['session_token', null],
    ['metadata', 'cart'],
    ['metadata', ['cart']],
    ['metadata', null],
    ['metadata', 7],
  ])('%s: %j', async (member, value) => {
    const tenant = await openTenant({ edition });
    expectRefusal(await tenant.anonymousToken({ [member]: value }), 400, 'invalid_request');
  });

  it.each(['__proto__', 'constructor', 'prototype'])('metadata with the key %s, at any depth', async (key) => {
    const tenant = await openTenant({ edition });
    for (const metadata of [`{"${key}":1}`, `{"a":{"${key}":1}}`, `{"a":[[{"${key}":null}]]}`]) {
      const text = `{"client_id":"${tenant.app.client_id}","audience":"${tenant.api.identifier}","metadata":${metadata}}`;
      expectRefusal(await tenant.send('POST', '/anonymous/token', { text }), 400, 'invalid_request');
    }
  });
});

describe('a user_id is refused as invalid_request', () => {
  it.each(['', 'u'.repeat(256), 7])('%j', async (user_id) => {
    const tenant = await openTenant();
    expectRefusal(await tenant.anonymousToken({ user_id }), 400, 'invalid_request');
  });

  it('together with a session token', async () => {
    const tenant = await openTenant();
    const { session_token } = await tenant.session();
    expectRefusal(await tenant.anonymousToken({ session_token, user_id: 'me' }), 400, 'invalid_request');
  });
});

async function withApps(edition: EditionName, registered: JsonObject = {}) {
  const tenant = await openTenant({ edition });
  const server = await confidentialApp(tenant, registered);
  if (edition === 'ea') await tenant.grantGuests(server.client_id);
  return { tenant, apps: { web: tenant.app, server, global: await globalClient(tenant.store) } };
}
type Apps = Awaited<ReturnType<typeof withApps>>['apps'];

it.each(editions)(
  'an application that requires proof of possession is refused, after its toggle, edition %s',
  async (edition) => {
    const tenant = await openTenant({ edition, app: { require_proof_of_possession: true } });
    expectRefusal(await tenant.anonymousToken(), 400, 'unauthorized_client');
    expectRefusal(await tenant.anonymousToken({ audience: 'nobody' }), 400, 'unauthorized_client');
    await tenant.change('client', tenant.app.client_id, {
      can_create_anonymous_sessions: false,
      anonymous_sessions: { active: false },
    });
    expectRefusal(await tenant.anonymousToken(), 403, 'unauthorized_client');
  },
);

it.each(editions)('HTTP Basic without credentials is malformed, edition %s', async (edition) => {
  const tenant = await openTenant({ edition });
  expectRefusal(await tenant.anonymousToken({}, { authorization: 'Basic' }), 400, 'invalid_request');
});

describe.each(editions)('an application is refused as invalid_client, edition %s', (edition) => {
  it.each<[string, (apps: Apps) => JsonObject]>([
    ['that is unknown', () => ({ client_id: 'nobody' })],
    ['that is unknown and has a secret', () => ({ client_id: 'nobody', client_secret: 'secret' })],
    ['that is public with a wrong secret', () => ({ client_secret: 'wrong' })],
    ['that sends an assertion', () => ({ client_assertion: 'a.b.c', client_assertion_type: 'jwt' })],
    ['that is confidential, without its secret', ({ server }) => ({ client_id: server.client_id })],
    ['with a wrong secret', ({ server }) => ({ client_id: server.client_id, client_secret: 'wrong' })],
    ['with an empty secret', ({ server }) => ({ client_id: server.client_id, client_secret: '' })],
    ['with half its secret', ({ server }) => ({ ...server, client_secret: server.client_secret.slice(0, 30) })],
    ['with the secret of another', ({ server, web }) => ({ ...server, client_secret: web.client_secret })],
    ['that is the one of the tenant itself', ({ global }) => ({ ...global })],
  ])('%s', async (_, members) => {
    const { tenant, apps } = await withApps(edition);
    const answer = await tenant.anonymousToken(members(apps));
    expectRefusal(answer, 401, 'invalid_client');
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });

  it('with a wrong secret in the header, with a challenge in the response', async () => {
    const { tenant, apps } = await withApps(edition);
    const answer = await tenant.anonymousToken({ client_id: undefined }, basic(apps.server.client_id, 'wrong'));
    expectRefusal(answer, 401, 'invalid_client');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  it.each(['client_secret_basic', 'client_secret_post'])(
    'with the method %s and no secret, or a wrong secret in the body or the header',
    async (token_endpoint_auth_method) => {
      const { tenant, apps } = await withApps(edition, { token_endpoint_auth_method });
      const { client_id } = apps.server;
      expectRefusal(await tenant.anonymousToken({ client_id }), 401, 'invalid_client');
      expectRefusal(await tenant.anonymousToken({ client_id, client_secret: 'wrong' }), 401, 'invalid_client');
      const inHeader = await tenant.anonymousToken({ client_id: undefined }, basic(client_id, 'wrong'));
      expectRefusal(inHeader, 401, 'invalid_client');
    },
  );
});

describe.each(editions)('two authentication methods at once are refused as invalid_request, edition %s', (edition) => {
  it.each<[string, JsonObject, boolean]>([
    ['header and secret', { client_secret: 'a' }, true],
    ['header and assertion', { client_assertion: 'a' }, true],
    ['secret and assertion', { client_secret: 'a', client_assertion: 'b' }, false],
  ])('%s', async (_, members, inHeader) => {
    const tenant = await openTenant({ edition });
    const answer = await tenant.anonymousToken(members, inHeader ? basic(tenant.app.client_id, 'a') : {});
    expectRefusal(answer, 400, 'invalid_request');
    expect(answer.body.error_description).toBe('Multiple authentication methods provided, please use one.');
  });

  it.each([
    ['without a colon', Buffer.from('nobody').toString('base64')],
    ['without an id', Buffer.from(':secret').toString('base64')],
    ['with a broken escape', Buffer.from('%E0%A4%A:secret').toString('base64')],
    ['that names another application than the body', Buffer.from('other:secret').toString('base64')],
  ])('and so is a header %s', async (_, credentials) => {
    const tenant = await openTenant({ edition });
    const answer = await tenant.anonymousToken({}, { authorization: `Basic ${credentials}` });
    expectRefusal(answer, 400, 'invalid_request');
  });
});

describe('guests at closed gates', () => {
  it.each([
    ['the tenant', 'feature_not_enabled', { settings: { flags: { anonymous_sessions_enabled: false } } }],
    ['the application', 'unauthorized_client', { app: { can_create_anonymous_sessions: false } }],
  ])('by %s are refused with 403 %s', async (_, error, closed) => {
    const tenant = await openTenant(closed);
    expectRefusal(await tenant.anonymousToken(), 403, error);
  });

  it('are refused for the tenant before the application, and for both before the API', async () => {
    const tenant = await openTenant({
      settings: { flags: { anonymous_sessions_enabled: false } },
      app: { can_create_anonymous_sessions: false },
      api: { allow_anonymous_access: false },
    });
    const bad = { scope: 'none', session_token: 'none', metadata: { a: 'x'.repeat(2000) } };
    const answers = [];
    const repairs = [
      () => {},
      () => tenant.change('tenant', 'settings', { flags: {} }),
      () => tenant.change('client', tenant.app.client_id, { can_create_anonymous_sessions: true }),
      () => Object.assign(bad, { session_token: undefined }),
      () => tenant.change('resource_server', tenant.api.id, { allow_anonymous_access: true }),
      () => Object.assign(bad, { scope: 'anon' }),
      () => Object.assign(bad, { metadata: {} }),
    ];
    for (const repair of repairs) {
      await repair();
      answers.push((await tenant.anonymousToken(bad)).body.error ?? 'none');
    }
    expect(answers).toEqual([
      'feature_not_enabled',
      'unauthorized_client',
      'invalid_session_token',
      'invalid_target',
      'invalid_scope',
      'invalid_request',
      'none',
    ]);
  });
});

describe('a session token of another tenant or application', () => {
  it.each([
    ['empty', () => ''],
    ['no token', () => 'not a token'],
    ['an access token', (_: string, accessToken: string) => accessToken],
    ['one with a prefix', (token: string) => `ANONYMOUS_SESSION_${token}`],
    ['one with another part', (token: string) => `${token}.AAAA`],
    ['one without its last part', (token: string) => token.split('.').slice(0, 4).join('.')],
    ['one with a key where there is none', (token: string) => token.replace('..', '.AAAA.')],
  ])('is refused: %s', async (_, made) => {
    const tenant = await openTenant();
    const { session_token, access_token } = await tenant.session();
    const answer = await tenant.anonymousToken({ session_token: made(session_token, access_token) });
    expectRefusal(answer, 400, 'invalid_session_token');
  });

  it.each(['jwe', 'jwt'])("is refused: another application's, as %s", async (format) => {
    const tenant = await openTenant({ settings: { anonymous_session_token_format: format } });
    const { client_id, client_secret } = await confidentialApp(tenant);
    const { session_token } = await tenant.session();
    const answer = await tenant.anonymousToken({ client_id, client_secret, session_token });
    expectRefusal(answer, 400, 'invalid_session_token');
  });

  it.each(['jwe', 'jwt'])("is refused: another tenant's, as %s", async (format) => {
    const settings = { anonymous_session_token_format: format };
    const [here, there] = [
      await openTenant({ settings }),
      await openTenant({ settings, keys: async () => otherTenantKeys }),
    ];
    const { session_token } = await there.session();
    expect(claimsOf((await there.session()).access_token).azp).toBe(here.app.client_id);
    expectRefusal(await here.anonymousToken({ session_token }), 400, 'invalid_session_token');
  });

  it('is refused as invalid when it is invalid and expired', async () => {
    const tenant = await openTenant({ settings: { anonymous_session_lifetime: 60 } });
    const { client_id, client_secret } = await confidentialApp(tenant);
    const { session_token } = await tenant.session();
    tenant.clock.forward(61);
    expectRefusal(await tenant.anonymousToken({ session_token }), 400, 'session_expired');
    const answer = await tenant.anonymousToken({ client_id, client_secret, session_token });
    expectRefusal(answer, 400, 'invalid_session_token');
  });
});

describe('a forged token', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const publicKey = createPublicKey({ key: testKeys.signing.jwk, format: 'jwk' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const { n, e } = publicKey.export({ format: 'jwk' });

  const forgeries: [string, (header: JsonObject, claims: string, signature: string) => string][] = [
    ['without a signature', (header, claims) => `${part({ ...header, alg: 'none' })}.${claims}.`],
    [
      'with "none" and a signature',
      (header, claims, signature) => `${part({ ...header, alg: 'none' })}.${claims}.${signature}`,
    ],
    [
      'with HS256 and the public key',
      (header, claims) => {
        const input = `${part({ ...header, alg: 'HS256' })}.${claims}`;
        return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
      },
    ],
    [
      'with the signature of another header',
      (header, claims, signature) => `${part({ ...header, jwk: { kty: 'RSA', n, e } })}.${claims}.${signature}`,
    ],
    [
      'with other claims',
      (header, claims, signature) =>
        `${part(header)}.${part({ ...claimsOf(`.${claims}`), user_id: 'admin', scope: 'read:clients' })}.${signature}`,
    ],
    ['with its signature cut off', (header, claims) => `${part(header)}.${claims}`],
  ];
  const pieces = (token: string): [JsonObject, string, string] => {
    const [header = '', claims = '', signature = ''] = token.split('.');
    return [JSON.parse(Buffer.from(header, 'base64url').toString()), claims, signature];
  };

  it.each(forgeries)('%s is refused as a session token', async (_, forge) => {
    const tenant = await openTenant({ settings: { anonymous_session_token_format: 'jwt' } });
    const { session_token } = await tenant.session();
    expect(await tenant.anonymousToken({ session_token })).toMatchObject({ status: 200 });
    const forged = await tenant.anonymousToken({ session_token: forge(...pieces(session_token)) });
    expectRefusal(forged, 400, 'invalid_session_token');
  });

  it.each(forgeries)('%s is refused as a Management API token', async (_, forge) => {
    const tenant = await openTenant();
    const { client_id, client_secret } = await globalClient(tenant.store);
    const form = { grant_type: 'client_credentials', client_id, client_secret, audience: `${tenant.issuer}api/v2/` };
    const { body } = await tenant.send('POST', '/oauth/token', { form });
    const read = (token: string) => withBearer(tenant.send, token)('GET', '/api/v2/clients');
    expect(await read(body.access_token)).toMatchObject({ status: 200 });
    expect([400, 401]).toContain((await read(forge(...pieces(body.access_token)))).status);
  });
});

describe.each(editions)('no refusal repeats what was sent, edition %s', (edition) => {
  const secret = 'do-not-repeat-me';
  const large = { cart: secret.repeat(100) };

  it.each<[string, JsonObject, string?]>([
    ['a secret', { client_secret: secret }],
    ['a secret of a wrong type', { client_secret: [secret] }],
    ['an assertion', { client_assertion: secret }],
    ['a secret beside an assertion', { client_secret: secret, client_assertion: secret }],
    ['a session token', { session_token: secret }],
    ['a session token of a wrong type', { session_token: { secret } }],
    ['a session token beside a user_id', { session_token: secret, user_id: secret }],
    ['metadata that is text', { metadata: secret }],
    ['metadata that is too large', { metadata: large }],
    ['metadata with a refused key', { metadata: { prototype: secret } }],
    ['an audience', { audience: secret }],
    ['a scope', { scope: secret }],
    ['a secret in the header', { client_id: undefined }, `someone:${secret}`],
    ['a secret in a header of another application', {}, `someone:${secret}`],
    ['a header without a colon', {}, secret],
  ])('%s', async (_, members, credentials) => {
    const tenant = await openTenant({ edition });
    const headers = credentials === undefined ? {} : basic(...(credentials.split(':') as [string, string]));
    const { status, body } = await tenant.anonymousToken(members, headers);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify(body)).not.toContain(secret);
  });
});

describe('a tenant that fails', () => {
  it.each(['changesSince', 'get', 'list'] as const)(
    'returns 500 server_error when its database fails: %s',
    async (name) => {
      let broken: keyof DocumentDatabase | undefined;
      const database = watched(memoryDatabase(), (called) => {
        if (called === broken) throw new Error('disk on fire');
      });
      const { api, app } = await openTenant({ store: cachedStore(database) });
      // As another process, which has read nothing yet.
      const tenant = createTenant({
        ...{
          store: cachedStore(database),
          clock: movableClock(),
          random: sequenceOfBytes(),
          keys: async () => testKeys,
        },
      });
      broken = name;
      const json = { client_id: app.client_id, audience: api.identifier };
      const answer = await sender(tenant)('POST', '/anonymous/token', { json });
      expectRefusal(answer, 500, 'server_error');
      expect(JSON.stringify(answer.body)).not.toContain('fire');
      broken = undefined;
      expect(await sender(tenant)('POST', '/anonymous/token', { json })).toMatchObject({ status: 200 });
    },
  );

  it('returns 500 server_error when it cannot create keys', async () => {
    const keys = async () => {
      throw new Error('no entropy');
    };
    const tenant = createTenant({ store: memoryStore(), clock: movableClock(), random: sequenceOfBytes(), keys });
    expectRefusal(await sender(tenant)('POST', '/anonymous/token', { json: {} }), 500, 'server_error');
  });
});

describe.each(editions)('whatever is sent, edition %s', (edition) => {
  /** Mostly a valid value, so that the later checks are reached too. */
  const mostly = <Value>(arbitrary: fc.Arbitrary<Value>, ...good: Value[]) =>
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...good) }, arbitrary, fc.jsonValue());
  const members = fc.record(
    {
      client_id: mostly(fc.string(), 'CLIENT'),
      client_secret: mostly(fc.string(), undefined),
      client_assertion: mostly(fc.string(), undefined),
      audience: mostly(fc.string(), 'https://api.shop.example'),
      scope: mostly(fc.string(), 'anon', 'read:catalog', undefined),
      metadata: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
      session_token: mostly(fc.string(), undefined, 'a.b.c', 'a..b.c.d'),
      user_id: mostly(fc.string(), undefined, 'device-7'),
    },
    { requiredKeys: ['client_id', 'audience'] },
  );
  const asForm = (members: JsonObject) =>
    Object.entries(members)
      .filter(([, value]) => value !== undefined)
      .map(
        ([name, value]) => `${name}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`,
      )
      .join('&');
  const [json, form] = ['application/json', 'application/x-www-form-urlencoded'];
  const junk = fc.oneof(fc.json(), fc.string({ unit: 'binary' }), members.map(asForm));
  const requests = fc.oneof(
    { weight: 6, arbitrary: members.map((value) => ({ text: JSON.stringify(value), type: json })) },
    { weight: 2, arbitrary: members.map((value) => ({ text: asForm(value), type: form })) },
    fc.record({ text: junk, type: fc.constantFrom(json, form, 'text/plain', '') }),
  );
  const authorizations = fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    fc.string().map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
    fc.base64String().map((text) => `Bearer ${text}`),
  );

  it('the response is tokens or a refusal, never a failure', async () => {
    const tenant = await openTenant({ edition });
    await fc.assert(
      fc.asyncProperty(requests, authorizations, async ({ text, type }, authorization) => {
        const { status, body } = await tenant.send('POST', '/anonymous/token', {
          text: text.replace('CLIENT', tenant.app.client_id),
          headers: { 'content-type': type, ...(authorization !== undefined && { authorization }) },
        });
        if (status === 200) expect(body).toMatchObject({ access_token: expect.any(String) });
        else expect(body).toEqual({ error: expect.any(String), error_description: expect.any(String) });
        expect([200, 400, 401, 415]).toContain(status);
      }),
      { numRuns: 250 },
    );
  });
});
