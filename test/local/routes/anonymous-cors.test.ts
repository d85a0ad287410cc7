import { describe, expect, it } from 'vitest';
import { type Answer, openTenant } from '../../support/local.ts';

const paths = ['/anonymous/token', '/anonymous/logout'] as const;
const origin = 'http://localhost:3000';

const corsOf = ({ headers }: Answer) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));
const allowed = { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };

/** A tenant with an application whose pages are at `http://localhost:3000`, and one without pages. */
async function withPages(app: object = { web_origins: [origin] }, edition: 'ea' | 'preview' = 'ea') {
  const tenant = await openTenant({ edition, app: { ...app } });
  const other = (await (await tenant.management())('POST', '/api/v2/clients', { json: { name: 'other' } })).body;
  const preflight = (path: string, from = origin) =>
    tenant.send('OPTIONS', path, {
      headers: {
        origin: from,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'auth0-client,content-type',
      },
    });
  return { tenant, other, preflight };
}

describe.each(paths)('a page that calls %s', (path) => {
  it.each([
    ['web_origins', { web_origins: [origin] }],
    ['web_origins with a slash', { web_origins: ['https://a.example', `${origin}/`] }],
    ['allowed_origins', { allowed_origins: [origin] }],
    ['callbacks', { callbacks: [`${origin}/signed-in?from=auth0`] }],
  ])('may send a preflight request from one of the %s', async (_, app) => {
    const { preflight } = await withPages(app);
    const answer = await preflight(path);
    expect([answer.status, answer.body]).toEqual([204, {}]);
    expect(corsOf(answer)).toEqual({
      ...allowed,
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'content-type, auth0-client',
    });
    expect(answer.headers.get('vary')).toBe('Origin');
  });

  it.each(['https://localhost:3000', 'http://localhost:3001', 'http://localhost:3000.evil.example', 'null', ''])(
    'may not send one from elsewhere: %s',
    async (from) => {
      const { preflight } = await withPages({ callbacks: [`${origin}/`, 'com.example.app://signed-in', 'nonsense'] });
      expect(corsOf(await preflight(path, from))).toEqual({});
    },
  );

  it('can read responses and refusals', async () => {
    const { tenant } = await withPages();
    for (const client_id of [tenant.app.client_id, 'nobody', 7]) {
      const json = { client_id, audience: tenant.api.identifier };
      const answer = await tenant.send('POST', path, { json, headers: { origin } });
      expect(answer.status < 300).toBe(client_id === tenant.app.client_id);
      expect(corsOf(answer)).toEqual(allowed);
      expect(answer.headers.get('vary')).toBe('Origin');
    }
  });

  it("cannot read responses for another site's application", async () => {
    const { tenant, other } = await withPages();
    const answer = await tenant.send('POST', path, { json: { client_id: other.client_id }, headers: { origin } });
    expect(corsOf(answer)).toEqual({});
    expect(answer.headers.get('vary')).toBe('Origin');
  });

  it('cannot read responses in edition preview', async () => {
    const { tenant, preflight } = await withPages({ web_origins: [origin] }, 'preview');
    const answer = await preflight(path);
    expect([answer.status, corsOf(answer), answer.headers.get('vary')]).toEqual([404, {}, null]);
    const json = { client_id: tenant.app.client_id, audience: tenant.api.identifier };
    expect(corsOf(await tenant.send('POST', path, { json, headers: { origin } }))).toEqual({});
  });
});

it('a page can read the refusal of a rate limit', async () => {
  const tenant = await openTenant({
    edition: 'ea',
    app: { web_origins: [origin] },
    rateLimit: { burst: 1, perSecond: 1 },
  });
  const ask = () => tenant.anonymousToken({}, { origin });
  expect(await ask()).toMatchObject({ status: 200 });
  const refused = await ask();
  expect([refused.status, corsOf(refused)]).toEqual([429, allowed]);
});

it('a response to a client that is not a page has no CORS headers', async () => {
  const { tenant } = await withPages();
  const answer = await tenant.anonymousToken();
  expect([corsOf(answer), answer.headers.get('vary')]).toEqual([{}, null]);
  expect(await tenant.send('OPTIONS', '/anonymous/token')).toMatchObject({ status: 404 });
});
