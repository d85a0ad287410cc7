import { describe, expect, it } from 'vitest';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import { DatabaseUnavailableError } from '../../../src/local/store/database.ts';
import { memoryDatabase } from '../../../src/local/store/memory.ts';
import { createTenant } from '../../../src/local/tenant.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { type Answer, openTenant, sender, sequenceOfBytes, testKeys } from '../../support/local.ts';
import { watched } from '../../support/memory-store.ts';

const editions = ['preview', 'ea'] as const;
const guestPaths = ['/anonymous/token', '/anonymous/logout'] as const;
const publicPaths = [
  '/.well-known/jwks.json',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
] as const;
const origin = 'https://shop.example';

const corsOf = ({ headers }: Answer) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

/** What a page at `from` may read, at an endpoint with or without cookies. */
const readable = (from = origin, cookies = true) => ({
  'access-control-allow-origin': from,
  ...(cookies && { 'access-control-allow-credentials': 'true' }),
  'access-control-expose-headers': 'retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset',
});

/** What a preflight request for a page at `from` allows. */
const permission = (from = origin, { cookies = true, method = 'POST' } = {}) => ({
  'access-control-allow-origin': from,
  ...(cookies && { 'access-control-allow-credentials': 'true' }),
  'access-control-allow-methods': `${method}, OPTIONS`,
  'access-control-allow-headers': 'content-type, auth0-client',
  'access-control-max-age': '600',
});

const noPages = { web_origins: [], allowed_origins: [], callbacks: [] };

/** A tenant with an application whose pages are at {@link origin}, and one without pages. */
async function withPages(app: object = { web_origins: [origin] }, edition: EditionName = 'ea') {
  const tenant = await openTenant({ edition, app: { ...noPages, ...app } });
  const other = (await (await tenant.management())('POST', '/api/v2/clients', { json: { name: 'other' } })).body;
  const preflight = (path: string, from = origin, asked: Record<string, string> = {}) =>
    tenant.send('OPTIONS', path, { headers: { ...preflightHeaders(from), ...asked } });
  return { tenant, other, preflight };
}

const preflightHeaders = (from: string) => ({
  origin: from,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'auth0-client,content-type',
});

describe.each(editions)('edition %s', (edition) => {
  describe.each([
    ['/anonymous/token', true],
    ['/anonymous/logout', true],
    ['/oauth/token', false],
    ['/oauth/revoke', false],
  ] as const)('a page that calls %s', (path, cookies) => {
    it.each([
      ['web_origins', { web_origins: [origin] }],
      ['web_origins with a slash', { web_origins: ['https://a.example', `${origin}/`] }],
      ['allowed_origins', { allowed_origins: [origin] }],
      ['callbacks', { callbacks: [`${origin}/signed-in?from=auth0`] }],
      ['web_origins in other letters and with its port', { web_origins: ['HTTPS://Shop.Example:443'] }],
    ])('may send a preflight request from one of the %s', async (_, app) => {
      const { preflight } = await withPages(app, edition);
      const answer = await preflight(path);
      expect([answer.status, answer.body]).toEqual([204, {}]);
      expect(corsOf(answer)).toEqual(permission(origin, { cookies }));
      expect(answer.headers.get('vary')).toBe('Origin');
    });

    it.each([
      'http://shop.example',
      'https://shop.example:8443',
      'https://shop.example:443',
      'https://shop.example/',
      'https://Shop.example',
      'https://shop.example.evil.example',
      'https://evil.example, https://shop.example',
      'https://shop.example https://evil.example',
      'https://me@shop.example',
      'null',
      '*',
      '',
    ])('may not send one from elsewhere: %j', async (from) => {
      const callbacks = [`${origin}/`, 'com.example.app:/signed-in', 'nonsense', 'null'];
      const { preflight } = await withPages({ callbacks }, edition);
      const answer = await preflight(path, from);
      expect([answer.status, corsOf(answer), answer.headers.get('vary')]).toEqual([204, {}, 'Origin']);
    });

    it('can read responses and refusals', async () => {
      const { tenant } = await withPages({ web_origins: [origin] }, edition);
      const { client_id } = tenant.app;
      const bodies = [
        { json: { client_id, audience: tenant.api.identifier } },
        { json: { client_id: 'nobody', grant_type: 'client_credentials' } },
        { json: { client_id: 7 } },
        { text: '{' },
        { text: 'client_id', headers: { 'content-type': 'text/plain' } },
      ];
      for (const body of bodies) {
        const answer = await tenant.send('POST', path, { ...body, headers: { ...body.headers, origin } });
        expect(corsOf(answer)).toEqual(readable(origin, cookies));
        expect(answer.headers.get('vary')).toBe('Origin');
      }
    });

    it("cannot read responses for another site's application", async () => {
      const { tenant, other } = await withPages({ web_origins: [origin] }, edition);
      const json = { client_id: other.client_id, ...(!cookies && { grant_type: 'client_credentials', token: 'none' }) };
      const answer = await tenant.send('POST', path, { json, headers: { origin } });
      expect(corsOf(answer)).toEqual({});
      expect(answer.headers.get('vary')).toBe('Origin');
    });
  });

  it.each(publicPaths)('a page anywhere can read %s', async (path) => {
    const { tenant, preflight } = await withPages(noPages, edition);
    for (const from of ['https://anywhere.example', 'null']) {
      const answer = await tenant.send('GET', path, { headers: { origin: from } });
      expect([answer.status, corsOf(answer)]).toEqual([200, readable('*', false)]);
      expect(answer.headers.get('vary')).toBeNull();
      const allowed = await preflight(path, from, { 'access-control-request-method': 'GET' });
      expect([allowed.status, corsOf(allowed)]).toEqual([204, permission('*', { cookies: false, method: 'GET' })]);
    }
  });

  it("the sample application's pages may be at this machine's names, at any port", async () => {
    const tenant = await openTenant({ edition });
    const manage = await tenant.management();
    const { body: app } = await manage('GET', `/api/v2/clients/${tenant.app.client_id}`);
    const origins = ['http://localhost:*', 'https://localhost:*', 'http://127.0.0.1:*', 'https://127.0.0.1:*'];
    expect(app).toMatchObject({
      web_origins: origins,
      allowed_origins: origins,
      callbacks: origins.map((origin) => `${origin}/*`),
    });
    for (const from of ['http://localhost:3000', 'https://localhost', 'http://127.0.0.1:5173', 'https://127.0.0.1:1']) {
      const allowed = await tenant.send('OPTIONS', '/anonymous/token', { headers: preflightHeaders(from) });
      expect(corsOf(allowed)).toEqual(permission(from));
      expect(corsOf(await tenant.anonymousToken({}, { origin: from }))).toEqual(readable(from));
    }
    for (const from of ['http://[::1]:3000', 'http://localhost.example:3000', 'http://a.localhost:3000']) {
      expect(corsOf(await tenant.anonymousToken({}, { origin: from }))).toEqual({});
    }
  });
});

describe('a page that calls /userinfo', () => {
  const asked = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' };

  it('may send an access token, and read why it is refused', async () => {
    const { tenant, preflight } = await withPages();
    const allowed = { ...permission(origin, { cookies: false, method: 'GET' }) };
    expect(corsOf(await preflight('/userinfo', origin, asked))).toEqual({
      ...allowed,
      'access-control-allow-headers': 'content-type, auth0-client, authorization',
    });
    const answer = await tenant.send('GET', '/userinfo', { headers: { origin } });
    expect(answer.status).toBe(401);
    const { 'access-control-expose-headers': exposed = '', ...others } = corsOf(answer);
    expect(exposed.split(', ')).toContain('www-authenticate');
    expect(others).toEqual({ 'access-control-allow-origin': origin });
  });

  it('may not from elsewhere', async () => {
    const { preflight } = await withPages();
    expect(corsOf(await preflight('/userinfo', 'https://evil.example', asked))).toEqual({});
  });
});

describe('a wildcard', () => {
  const ask = async (allowed: readonly string[], from: string) => {
    const { tenant, preflight } = await withPages({ allowed_origins: allowed });
    const answers = [await preflight('/anonymous/token', from), await tenant.anonymousToken({}, { origin: from })];
    return answers.map(({ headers }) => headers.get('access-control-allow-origin'));
  };

  it.each([
    ['https://*.shop.example', 'https://de.shop.example'],
    ['https://pr-*-web.shop.example:8443', 'https://pr-7-web.shop.example:8443'],
    ['http://localhost:*', 'http://localhost:3000'],
    ['http://[::1]:*', 'http://[::1]:3000'],
  ])('%s allows %s', async (url, from) => {
    expect(await ask([url], from)).toEqual([from, from]);
  });

  it.each([
    ['https://*.shop.example', 'https://a.b.shop.example'],
    ['https://*.shop.example', 'https://shop.example'],
    ['https://*.shop.example', 'https://*.shop.example'],
    ['https://pr-*.shop.example', 'https://de.shop.example'],
    ['https://*.com', 'https://shop.com'],
    ['https://sub.*.example', 'https://sub.shop.example'],
    ['https://shop.example:*', 'https://shop.example:8443'],
    ['http://localhost:*', 'http://127.0.0.1:3000'],
    ['https://shop.example/cart', 'https://shop.example'],
  ])('%s does not allow %s', async (url, from) => {
    expect(await ask([url], from)).toEqual([null, null]);
  });

  it('of a later application is found behind another with the same parent domain', async () => {
    const { tenant, other, preflight } = await withPages({ web_origins: ['https://pr-*.shop.example'] });
    await tenant.change('client', other.client_id, { web_origins: ['https://*-next.shop.example'] });
    const from = 'https://de-next.shop.example';
    expect(corsOf(await preflight('/anonymous/token', from))).toEqual(permission(from));
    expect(corsOf(await preflight('/anonymous/token', 'https://de.shop.example'))).toEqual({});
  });
});

describe('the origins of an application', () => {
  it('are followed when they change', async () => {
    const { tenant, preflight } = await withPages(noPages);
    const manage = await tenant.management();
    const path = `/api/v2/clients/${tenant.app.client_id}`;
    expect(corsOf(await preflight('/anonymous/token'))).toEqual({});
    expect(await manage('PATCH', path, { json: { web_origins: [origin] } })).toMatchObject({ status: 200 });
    expect(corsOf(await preflight('/anonymous/token'))).toEqual(permission());
    expect(await manage('PATCH', path, { json: { web_origins: [] } })).toMatchObject({ status: 200 });
    expect(corsOf(await preflight('/anonymous/token'))).toEqual({});
  });

  it('are looked up without reading all applications', async () => {
    const { tenant } = await withPages({ web_origins: ['http://localhost:*', 'https://*.shop.example'] });
    const calls: string[] = [];
    const store = watched(tenant.store, (name, kind, value) => {
      if (kind === 'client') calls.push(`${name} ${typeof value === 'string' ? '' : Object(value).value}`.trim());
    });
    const { clock } = tenant;
    const send = sender(createTenant({ store, clock, random: sequenceOfBytes('second'), keys: async () => testKeys }));
    const readsOf = async (method: string, headers: Record<string, string>) => {
      calls.length = 0;
      const json = { client_id: tenant.app.client_id, audience: tenant.api.identifier };
      await send(method, '/anonymous/token', { headers, ...(method === 'POST' && { json }) });
      return [...calls];
    };
    await readsOf('POST', {});
    expect(await readsOf('OPTIONS', preflightHeaders('http://localhost:3000'))).toEqual([
      'find http://localhost:3000',
      'find http://localhost:*',
    ]);
    expect(await readsOf('OPTIONS', preflightHeaders('https://de.shop.example'))).toEqual([
      'find https://de.shop.example',
      'find https://*.shop.example',
    ]);
    expect(await readsOf('OPTIONS', preflightHeaders('null'))).toEqual([]);
    expect(await readsOf('POST', { origin: 'http://localhost:3000' })).toEqual(['get', 'get']);
    expect(await readsOf('POST', {})).toEqual(['get']);
  });
});

describe('a page can read', () => {
  it('the refusal of a rate limit', async () => {
    const rateLimit = { burst: 1, perSecond: 1 };
    const tenant = await openTenant({ edition: 'ea', app: { web_origins: [origin] }, rateLimit });
    const ask = () => tenant.anonymousToken({}, { origin });
    expect(await ask()).toMatchObject({ status: 200 });
    const refused = await ask();
    expect([refused.status, corsOf(refused)]).toEqual([429, readable()]);
  });

  it('that a method is not served', async () => {
    const { tenant } = await withPages();
    for (const path of guestPaths) {
      const answer = await tenant.send('GET', path, { headers: { origin } });
      expect([answer.status, corsOf(answer)]).toEqual([404, readable()]);
    }
  });

  it('that the database cannot be reached, and works again afterwards', async () => {
    let isLost = false;
    const database = watched(memoryDatabase(), () => {
      if (isLost) throw new DatabaseUnavailableError('connect ECONNREFUSED', { retryAfterSeconds: 1 });
    });
    const tenant = await openTenant({ edition: 'ea', store: cachedStore(database), app: { web_origins: [origin] } });
    const preflight = (from: string) => tenant.send('OPTIONS', '/anonymous/token', { headers: preflightHeaders(from) });
    const ask = (from: string) => tenant.anonymousToken({}, { origin: from });
    const known = await preflight(origin);
    isLost = true;
    expect(corsOf(await preflight(origin))).toEqual(corsOf(known));
    const answer = await ask(origin);
    expect([answer.status, corsOf(answer), answer.headers.get('vary')]).toEqual([503, readable(), 'Origin']);
    // Nobody can look up whether this one is allowed.
    for (const refused of [await preflight('https://new.example'), await ask('https://new.example')]) {
      expect([refused.status, corsOf(refused)]).toEqual([503, {}]);
    }
    const keys = await tenant.send('GET', '/.well-known/jwks.json', { headers: { origin } });
    expect([keys.status, corsOf(keys)]).toEqual([503, readable('*', false)]);
    isLost = false;
    expect((await ask(origin)).status).toBe(200);
  });
});

describe('a preflight request', () => {
  it('is answered whatever it asks for, with what is allowed', async () => {
    const { preflight } = await withPages();
    const asked = { 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'x-trace' };
    expect(corsOf(await preflight('/anonymous/token', origin, asked))).toEqual(permission());
  });

  it('is one only with a method to ask for and an origin', async () => {
    const { tenant } = await withPages();
    const incomplete: Record<string, string>[] = [{ origin }, { 'access-control-request-method': 'POST' }, {}];
    for (const headers of incomplete) {
      const answer = await tenant.send('OPTIONS', '/anonymous/token', { headers });
      expect(answer.status).toBe(404);
    }
  });

  it('costs nothing of a rate limit', async () => {
    const tenant = await openTenant({ app: { web_origins: [origin] }, rateLimit: { burst: 1, perSecond: 1 } });
    const preflight = () => tenant.send('OPTIONS', '/anonymous/token', { headers: preflightHeaders(origin) });
    expect([(await preflight()).status, (await preflight()).status]).toEqual([204, 204]);
    expect(await tenant.anonymousToken({}, { origin })).toMatchObject({ status: 200 });
  });
});

it('a response to a client that is not a page has no CORS headers', async () => {
  const { tenant } = await withPages();
  const answer = await tenant.anonymousToken();
  expect([corsOf(answer), answer.headers.get('vary')]).toEqual([{}, null]);
  for (const path of publicPaths) expect(corsOf(await tenant.send('GET', path))).toEqual({});
});

it.each(['/api/v2/clients', '/nowhere', '/health'])('a page cannot call %s', async (path) => {
  const { tenant, preflight } = await withPages();
  expect(corsOf(await preflight(path))).toEqual({});
  expect(corsOf(await tenant.send('GET', path, { headers: { origin } }))).toEqual({});
});
