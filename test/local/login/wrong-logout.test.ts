import { describe, expect, it } from 'vitest';
import { expectNoLogout, isLoggedIn } from '../../support/login-refusals.ts';
import { type Changes, formOf, loggedOut, loginTenant } from '../../support/login-tenant.ts';

// /v2/logout, and RP-Initiated Logout at /oidc/logout.

const logoutUrls = [loggedOut, 'https://*.preview.example.com/bye', 'http://localhost:*/bye', 'javascript:alert(1)'];

/** Where nobody may be led. */
const wrongUrls: [what: string, url: string][] = [
  ['another host', 'https://evil.example/bye'],
  ['another path', 'https://shop.example/other'],
  ['a longer path', 'https://shop.example/bye/more'],
  ['a trailing slash', `${loggedOut}/`],
  ['no scheme', '//evil.example/bye'],
  ['backslashes', '\\\\evil.example\\bye'],
  ['a path', '/bye'],
  ['another scheme', 'http://shop.example/bye'],
  ['another port', 'https://shop.example:8443/bye'],
  ['its host as user name', 'https://shop.example@evil.example/bye'],
  ['its host before a backslash', 'https://shop.example\\.evil.example/bye'],
  ['its host before another', 'https://shop.example.evil.example/bye'],
  ['its address in a query', `https://evil.example/?${loggedOut}`],
  ['its address in a fragment', `https://evil.example/#${loggedOut}`],
  ['a space before it', ` ${loggedOut}`],
  ['a tab in it', loggedOut.replace('shop', 'sh\top')],
  ['a line break in it', `${loggedOut}\r\nLocation: https://evil.example`],
  ['a script', 'javascript:alert(1)'],
  ['a script with a space', ' javascript:alert(1)'],
  ['a script with a tab', 'java\tscript:alert(1)'],
  ['a script with a query', 'javascript:alert(1)?a'],
  ['a document', 'data:text/html,<script>alert(1)</script>'],
  ['a wildcard itself', 'https://*.preview.example.com/bye'],
  ['a wildcard, two labels deep', 'https://a.b.preview.example.com/bye'],
  ['a wildcard, a host in its label', 'https://evil.example/.preview.example.com/bye'],
  ['a wildcard, a hash in its label', 'https://evil.example#.preview.example.com/bye'],
  ['a wildcard, a question mark in its label', 'https://evil.example?.preview.example.com/bye'],
  ['a wildcard, a backslash', 'https://evil.example\\.preview.example.com/bye'],
  ['any port, a host behind it', 'http://localhost:3000.evil.example/bye'],
  ['any port, a host behind a user name', 'http://localhost:3000@evil.example/bye'],
  ['any port, no slashes', 'http:localhost:3000/bye'],
];

describe.each([
  ['/v2/logout', 'returnTo'],
  ['/oidc/logout', 'post_logout_redirect_uri'],
] as const)('%s leads to nothing but a URL that is allowed', (at, parameter) => {
  it.each(wrongUrls)('%s', async (_, url) => {
    const tenant = await loginTenant({ app: { allowed_logout_urls: logoutUrls } });
    const { client_id } = tenant.app;
    const why = `The "${parameter}" parameter "${url}" is not defined as a valid URL in "Allowed Logout URLs".`;
    await expectNoLogout(tenant, await tenant.loggedIn(), path(at, { client_id, [parameter]: url }), why);
  });

  it('says on its page which command allows the URL', async () => {
    const tenant = await loginTenant();
    const { client_id } = tenant.app;
    const url = 'https://other.example/bye';
    const response = await tenant.handle(
      new Request(`${tenant.issuer}${path(at, { client_id, [parameter]: url }).slice(1)}`),
    );
    expect(await response.text()).toContain(`<code>anon-cli app logout-urls add ${client_id} ${url}</code>`);
  });

  it('without an application only to those of the tenant, and the other way round', async () => {
    const ofTenant = 'https://tenant.example/bye';
    const tenant = await loginTenant({ settings: { allowed_logout_urls: [ofTenant] } });
    const browser = await tenant.loggedIn();
    const why = (url: string) =>
      `The "${parameter}" parameter "${url}" is not defined as a valid URL in "Allowed Logout URLs".`;
    await expectNoLogout(tenant, browser, path(at, { [parameter]: loggedOut }), why(loggedOut));
    const { client_id } = tenant.app;
    await expectNoLogout(tenant, browser, path(at, { client_id, [parameter]: ofTenant }), why(ofTenant));
  });

  it.each([
    ['an unknown application', 'nobody'],
    ['a property of all objects', '__proto__'],
  ])('%s', async (_, client_id) => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    await expectNoLogout(
      tenant,
      browser,
      path(at, { client_id, [parameter]: loggedOut }),
      `Unknown client: ${client_id}`,
    );
  });

  it('the application of the tenant itself', async () => {
    const tenant = await loginTenant();
    const { client_id } = tenant.admin;
    await expectNoLogout(tenant, await tenant.loggedIn(), path(at, { client_id }), `Unknown client: ${client_id}`);
  });

  it.each(['client_id', parameter])('%s twice', async (name) => {
    const tenant = await loginTenant();
    const query = formOf({ client_id: tenant.app.client_id, [parameter]: loggedOut });
    const again = formOf({ [name]: name === parameter ? 'https://evil.example/' : 'other' });
    const why = `The parameter ${name} is given more than once.`;
    await expectNoLogout(tenant, await tenant.loggedIn(), `${at}?${query}&${again}`, why);
  });
});

describe('/v2/logout', () => {
  it('ends the session, and leads to returnTo with its own query and fragment', async () => {
    const tenant = await loginTenant();
    const browser = await tenant.loggedIn();
    const { client_id } = tenant.app;
    const returnTo = `${loggedOut}?from=cart#part`;
    const visit = await browser.visit(path('/v2/logout', { client_id, returnTo, state: 'ignored' }));
    expect(visit.status).toBe(302);
    expect(visit.headers.get('location')).toBe(returnTo);
    expect(await isLoggedIn(tenant, browser)).toBe(false);
  });

  it.each([
    ['a line break', '?a=\r\nSet-Cookie: a=b'],
    ['letters that a header cannot have', '?größe=カート'],
    ['a null byte', '?a=\0'],
  ])('keeps %s in the query out of its headers', async (_, query) => {
    const tenant = await loginTenant();
    const { client_id } = tenant.app;
    const visit = await tenant.browser().visit(path('/v2/logout', { client_id, returnTo: `${loggedOut}${query}` }));
    expect(visit.status).toBe(302);
    expect(visit.headers.get('location')).toMatch(/^https:\/\/shop\.example\/bye\?[\x21-\x7e]+$/);
    expect(visit.headers.get('set-cookie')).not.toContain('a=b');
  });

  it('leads to the first URL of the application where it is not asked, but never to a script', async () => {
    const tenant = await loginTenant({ app: { allowed_logout_urls: [...logoutUrls.toReversed()] } });
    const { client_id } = tenant.app;
    const visit = await tenant.browser().visit(path('/v2/logout', { client_id }));
    expect(visit.headers.get('location')).toBe(loggedOut);
  });

  it.each(['POST', 'PUT', 'DELETE'])('is not asked with %s', async (method) => {
    const tenant = await loginTenant();
    expect((await tenant.send(method, '/v2/logout')).status).toBe(404);
  });
});

function path(at: string, members: Changes): string {
  return `${at}?${formOf(members)}`;
}
