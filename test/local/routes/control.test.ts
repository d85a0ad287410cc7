import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/local/http/connection.ts';
import type { ServedRequest } from '../../../src/local/http/served-request.ts';
import { openTenant, type TestTenant, testTenant } from '../../support/local.ts';

const token = 'control-token';
const authorization = `Bearer ${token}`;

/** A connection from an address. */
function from(remoteAddress: string | undefined): Connection {
  return { incoming: { socket: { remoteAddress } } };
}

interface Asked {
  readonly url?: string;
  readonly headers?: Record<string, string>;
  readonly connection?: Connection;
}

async function ask(tenant: TestTenant, { url = '/_anon/clock', headers = { authorization }, connection }: Asked = {}) {
  const response = await tenant.handle(new Request(new URL(url, tenant.issuer), { headers }), connection);
  const { status, headers: answered } = response;
  // biome-ignore lint/suspicious/noExplicitAny: the assertions of a test are what checks it
  return { status, headers: answered, body: (await response.json()) as any };
}

describe('the control endpoints', () => {
  it.each(['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])('answer %s', async (address) => {
    const tenant = await testTenant({ control: { token } });
    const { status, headers } = await ask(tenant, { connection: from(address) });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it.each(['192.0.2.7', '::ffff:192.0.2.7', '2001:db8::1', '1270.0.0.1', '::127.0.0.1', '', undefined])(
    'refuse %s, even with the token',
    async (address) => {
      const tenant = await testTenant({ control: { token: undefined } });
      const { status, body } = await ask(tenant, { connection: from(address) });
      expect([status, body]).toEqual([
        403,
        {
          error: 'access_denied',
          error_description: 'The control endpoints answer on loopback connections only.',
        },
      ]);
    },
  );

  it.each([
    ['a foreign host', { url: 'https://tenant.test/_anon/clock' }, 'served as localhost only'],
    ['a page of another origin', { headers: { authorization, origin: 'https://evil.example' } }, 'no Origin header'],
    ['a page of its own origin', { headers: { authorization, origin: 'https://localhost:4400' } }, 'no Origin header'],
    ['a sandboxed page', { headers: { authorization, origin: 'null' } }, 'no Origin header'],
    ['an image of a page', { headers: { authorization, 'sec-fetch-site': 'cross-site' } }, 'no Origin header'],
    ['a link of a page', { headers: { authorization, 'sec-fetch-site': 'same-origin' } }, 'no Origin header'],
    ['a proxy', { headers: { authorization, 'x-forwarded-for': '127.0.0.1' } }, 'a proxy has forwarded'],
    ['another proxy', { headers: { authorization, via: '1.1 proxy' } }, 'a proxy has forwarded'],
  ])('refuse %s', async (_, asked, why) => {
    for (const access of [{ token }, { token: undefined }]) {
      const { status, body, headers } = await ask(await testTenant({ control: access }), asked);
      expect(status).toBe(403);
      expect(body).toEqual({ error: 'access_denied', error_description: expect.stringContaining(why) });
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it.each([
    ['no token', {}],
    ['another token', { authorization: 'Bearer control-tokem' }],
    ['a longer token', { authorization: `Bearer ${token}x` }],
    ['another scheme', { authorization: `Basic ${token}` }],
    ['an empty token', { authorization: 'Bearer ' }],
  ])('refuse %s', async (_, headers) => {
    const { status, body, headers: answered } = await ask(await testTenant({ control: { token } }), { headers });
    expect(status).toBe(401);
    expect(answered.get('www-authenticate')).toBe('Bearer');
    expect(body).toEqual({
      error: 'invalid_token',
      error_description:
        'The control token is missing or wrong. anon-cli local env prints it: Authorization: Bearer $ANON_CONTROL_TOKEN',
    });
  });

  it('need no token where they are open', async () => {
    const { status } = await ask(await testTenant({ control: { token: undefined } }), { headers: {} });
    expect(status).toBe(200);
  });

  it('do not exist without control', async () => {
    const { status, body } = await ask(await testTenant());
    expect([status, body]).toEqual([
      404,
      { error: 'not_found', error_description: 'This tenant has no control endpoints.' },
    ]);
  });

  it('say what they do not have', async () => {
    const tenant = await testTenant({ control: { token } });
    expect(await ask(tenant, { url: '/_anon/moon' })).toMatchObject({
      status: 404,
      body: { error: 'not_found', error_description: 'There is no control endpoint /_anon/moon.' },
    });
    const response = await tenant.handle(
      new Request(`${tenant.issuer}_anon/clock`, { method: 'DELETE', headers: { authorization } }),
    );
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it.each(['/%5Fanon/clock', '/_anon/../_anon/clock', '/x/../_anon/clock'])(
    'are guarded under the path %s too',
    async (url) => {
      const tenant = await testTenant({ control: { token } });
      expect((await ask(tenant, { url, connection: from('192.0.2.7') })).status).toBe(403);
      expect((await ask(tenant, { url, headers: {} })).status).toBe(401);
    },
  );

  it('are in no request log', async () => {
    const served: ServedRequest[] = [];
    const tenant = await openTenant({ control: { token }, onServed: (request) => served.push(request) });
    await ask(tenant);
    await ask(tenant, { headers: {} });
    await tenant.anonymousToken();
    expect(served.map(({ path }) => path)).toEqual(['/anonymous/token']);
  });

  it('have no rate limit', async () => {
    const tenant = await testTenant({ control: { token }, rateLimit: { burst: 1, perSecond: 0.1 } });
    const statuses = [await ask(tenant), await ask(tenant), await ask(tenant)].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200]);
  });
});
