import { describe, expect, it } from 'vitest';
import { readHtml } from '../../support/html.ts';
import { answerIn, loginBrowser } from '../../support/login-browser.ts';
import {
  type Changes,
  callback,
  formOf,
  type LoginTenant,
  loginTenant,
  rightRequest,
} from '../../support/login-tenant.ts';

// A request whose application or callback cannot be trusted gets a page, and leads nowhere. RFC 6749, section 4.1.2.1.

interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly error_description: string;
}

/** Checks the page for a browser and the JSON for a program, and that neither leads away or has a code. */
async function expectPage(tenant: LoginTenant, query: string, { status, ...body }: Refusal): Promise<void> {
  const browser = await tenant.loggedIn();
  const page = await browser.visit(`/authorize?${query}`);
  expect(page.status).toBe(status);
  expect(page.target).toBeUndefined();
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('refresh')).toBeNull();
  expect(page.text).toContain(body.error);
  const json = await browser.visit(`/authorize?${query}`, { headers: { accept: 'application/json' } });
  expect({ status: json.status, body: JSON.parse(json.text) }).toEqual({ status, body });
}

function queryOf({ app }: LoginTenant, changes: Changes): string {
  return formOf({ ...rightRequest(app.client_id), ...changes }).toString();
}

describe('an application is refused', () => {
  const invalid = (error_description: string) => ({ status: 400, error: 'invalid_request', error_description });
  const unknown = (id: string) => ({
    status: 403,
    error: 'unauthorized_client',
    error_description: `Unknown client: ${id}`,
  });

  it.each<[string, Changes, Refusal]>([
    ['without client_id', { client_id: undefined }, invalid('Missing required parameter: client_id')],
    ['with an empty client_id', { client_id: '' }, invalid('Missing required parameter: client_id')],
    ['that is unknown', { client_id: 'nobody' }, unknown('nobody')],
    ['with the name of a property of all objects', { client_id: '__proto__' }, unknown('__proto__')],
    ['with its name for its id', { client_id: 'web' }, unknown('web')],
    ['without redirect_uri', { redirect_uri: undefined }, invalid('Missing required parameter: redirect_uri')],
    ['with an empty redirect_uri', { redirect_uri: '' }, invalid('Missing required parameter: redirect_uri')],
  ])('%s', async (_, changes, refusal) => {
    const tenant = await loginTenant();
    await expectPage(tenant, queryOf(tenant, changes), refusal);
  });

  it('that is the one of the tenant itself', async () => {
    const tenant = await loginTenant();
    const { client_id } = tenant.admin;
    await expectPage(tenant, queryOf(tenant, { client_id }), unknown(client_id));
  });

  it.each(['client_id', 'redirect_uri'])('that is named twice, by %s, even with one value', async (name) => {
    const tenant = await loginTenant();
    const query = queryOf(tenant, {});
    const again = formOf({ [name]: rightRequest(tenant.app.client_id)[name] });
    await expectPage(tenant, `${query}&${again}`, invalid(`The parameter ${name} is given more than once.`));
  });

  it('that is named in the query and in the form', async () => {
    const tenant = await loginTenant();
    const page = await tenant.browser().visit(`/authorize?${queryOf(tenant, {})}`, { form: { client_id: 'other' } });
    expect(page).toMatchObject({ status: 400, target: undefined });
  });
});

/** Allowed: one text, a subdomain, a port of this machine, and what an application should never list. */
const callbacks = [
  callback,
  'https://*.preview.example.com/cb?app=1',
  'http://localhost:*/cb',
  'javascript:alert(1)',
  'data:text/html,x',
  'com.example.shop://cb',
];

describe('a callback that is none of those of the application is refused', () => {
  it.each([
    ['another path', 'https://shop.example/other'],
    ['a longer path', 'https://shop.example/callback/more'],
    ['a shorter path', 'https://shop.example/'],
    ['a trailing slash', `${callback}/`],
    ['a path in other case', 'https://shop.example/Callback'],
    ['a host in other case', 'https://SHOP.example/callback'],
    ['a query', `${callback}?next=1`],
    ['an empty query', `${callback}?`],
    ['a fragment', `${callback}#part`],
    ['an empty fragment', `${callback}#`],
    ['another scheme', 'http://shop.example/callback'],
    ['its default port', 'https://shop.example:443/callback'],
    ['another port', 'https://shop.example:8443/callback'],
    ['another host', 'https://evil.example/callback'],
    ['a subdomain', 'https://a.shop.example/callback'],
    ['a host that ends alike', 'https://evilshop.example/callback'],
    ['a host that begins alike', 'https://shop.example.evil.example/callback'],
    ['a dot at the end of its host', 'https://shop.example./callback'],
    ['its host as user name', 'https://shop.example@evil.example/callback'],
    ['its host as user name, with a password', 'https://shop.example:x@evil.example/callback'],
    ['a user name', 'https://user@shop.example/callback'],
    ['its host before a backslash', 'https://shop.example\\@evil.example/callback'],
    ['backslashes for slashes', 'https:\\\\shop.example\\callback'],
    ['its address in a path', 'https://evil.example/https://shop.example/callback'],
    ['its address in a query', `https://evil.example/?${callback}`],
    ['a path that climbs to it', 'https://shop.example/x/../callback'],
    ['an escaped path', 'https://shop.example/%63allback'],
    ['an escaped twice', encodeURIComponent(callback)],
    ['a space before it', ` ${callback}`],
    ['a space after it', `${callback} `],
    ['a line break after it', `${callback}\r\nSet-Cookie: a=b`],
    ['a null byte after it', `${callback}\0`],
    ['no scheme', '//shop.example/callback'],
    ['a path of the tenant', '/callback'],
    ['its wildcard itself', 'https://*.preview.example.com/cb?app=1'],
    ['a wildcard, two labels deep', 'https://a.b.preview.example.com/cb?app=1'],
    ['a wildcard, no label', 'https://preview.example.com/cb?app=1'],
    ['a wildcard, an empty label', 'https://.preview.example.com/cb?app=1'],
    ['a wildcard, another query', 'https://a.preview.example.com/cb?app=2'],
    ['a wildcard, no query', 'https://a.preview.example.com/cb'],
    ['a wildcard, more query', 'https://a.preview.example.com/cb?app=1&next=1'],
    ['a wildcard, another path', 'https://a.preview.example.com/cb2?app=1'],
    ['a wildcard, another scheme', 'http://a.preview.example.com/cb?app=1'],
    ['a wildcard, a port', 'https://a.preview.example.com:8443/cb?app=1'],
    ['a wildcard, a user name', 'https://evil.example@a.preview.example.com/cb?app=1'],
    ['a wildcard, a host as its label', 'https://evil.example/a.preview.example.com/cb?app=1'],
    ['a wildcard, an escaped slash', 'https://evil.example%2f.preview.example.com/cb?app=1'],
    ['a wildcard, a backslash', 'https://evil.example\\.preview.example.com/cb?app=1'],
    ['a wildcard, a hash in its label', 'https://evil.example#.preview.example.com/cb?app=1'],
    ['a wildcard, a question mark in its label', 'https://evil.example?.preview.example.com/cb?app=1'],
    ['a wildcard, an umlaut', 'https://ü.preview.example.com/cb?app=1'],
    ['a wildcard, a fragment', 'https://a.preview.example.com/cb?app=1#x'],
    ['any port, a host behind it', 'http://localhost:3000.evil.example/cb'],
    ['any port, a host behind a user name', 'http://localhost:3000@evil.example/cb'],
    ['any port, its wildcard itself', 'http://localhost:*/cb'],
    ['any port, a port that is none', 'http://localhost:99999/cb'],
    ['any port, another name of this machine', 'http://127.0.0.1:3000/cb'],
    ['any port, another scheme', 'https://localhost:3000/cb'],
    ['any port, a subdomain', 'http://a.localhost:3000/cb'],
    ['any port, one slash, which is relative to a tenant over HTTP', 'http:/localhost:3000/cb'],
    ['any port, backslashes that climb', 'http://localhost:3000/x\\..\\cb'],
    ['any port, no slash, which is relative to a tenant over HTTP', 'http:localhost:3000/cb'],
    ['any port, three slashes', 'http:///localhost:3000/cb'],
    ['any port, a host in other case', 'http://LOCALHOST:3000/cb'],
    ['any port, a tab', 'http://local\thost:3000/cb'],
    ['a script, though it is listed', 'javascript:alert(1)'],
    ['a script with a tab', 'java\tscript:alert(1)'],
    ['a document, though it is listed', 'data:text/html,x'],
    ['an application that is listed, with more', 'com.example.shop://cb/more'],
  ])('%s', async (_, redirect_uri) => {
    const tenant = await loginTenant({ app: { callbacks } });
    await expectPage(tenant, queryOf(tenant, { redirect_uri }), {
      status: 403,
      error: 'unauthorized_client',
      error_description: `Callback URL mismatch. ${redirect_uri} is not in the list of allowed callback URLs`,
    });
  });

  it('one of another application', async () => {
    const tenant = await loginTenant({ app: { callbacks: ['https://shop.example/own'] } });
    const page = await loginBrowser(tenant).visit(tenant.authorizePath());
    expect(page).toMatchObject({ status: 403, target: undefined });
  });
});

describe('the command that would allow a callback', () => {
  const shown = async (name: string, redirect_uri: string) => {
    const tenant = await loginTenant({ app: { name } });
    const { text } = await tenant.browser().visit(tenant.authorizePath({ redirect_uri }));
    return readHtml(text).values.find((value) => value.startsWith('anon-cli '));
  };

  it('is shown as a shell reads it', async () => {
    const plain = await shown('web', 'https://other.example/cb');
    expect(plain).toBe('anon-cli app callbacks add web https://other.example/cb');
    const quoted = await shown("jane's $(shop)", 'https://other.example/cb?a=1&b=`id`');
    expect(quoted).toBe("anon-cli app callbacks add 'jane'\\''s $(shop)' 'https://other.example/cb?a=1&b=`id`'");
  });

  it.each([
    ['a script', 'javascript:alert(1)'],
    ['a fragment', 'https://other.example/cb#a'],
    ['no URL', 'other'],
    ['a line break', 'https://other.example/cb\nid'],
    ['an escape', 'https://other.example/\x1b[2J'],
    ['reversed text', 'https://other.example/\u202Ebc'],
  ])('is not shown for %s', async (_, redirect_uri) => {
    expect(await shown('web', redirect_uri)).toBeUndefined();
  });
});

describe('a callback that is listed, or covered by a wildcard, is answered at exactly', () => {
  it.each([
    [callback],
    ['https://a.preview.example.com/cb?app=1'],
    ['http://localhost:3000/cb'],
    ['http://localhost/cb'],
    ['com.example.shop://cb'],
  ])('%s', async (redirect_uri) => {
    const tenant = await loginTenant({ app: { callbacks: [callback, ...callbacks] } });
    const visit = await (await tenant.loggedIn()).visit(tenant.authorizePath({ redirect_uri }));
    expect(visit.status).toBe(302);
    const location = visit.headers.get('location') ?? '';
    expect(location.startsWith(`${redirect_uri}${redirect_uri.includes('?') ? '&' : '?'}code=`)).toBe(true);
    expect(answerIn(visit)).toMatchObject({ state: 'state of the application' });
  });

  it('with letters that a header cannot have, written as a browser would', async () => {
    const redirect_uri = 'https://shop.example/カート?größe=1';
    const tenant = await loginTenant({ app: { callbacks: [callback, redirect_uri] } });
    const visit = await (await tenant.loggedIn()).visit(tenant.authorizePath({ redirect_uri }));
    expect(visit.status).toBe(302);
    expect(visit.target?.href.startsWith(`${new URL(redirect_uri).href}&code=`)).toBe(true);
  });
});
