import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formPostPage, webMessagePage } from '../../src/local/login/pages/response-pages.ts';
import { openBrowser } from '../support/browser.ts';
import { testAuthority } from '../support/https-tenant.ts';
import { newPage, serveRequests } from '../support/login-pages.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser((await testAuthority()).path);
}, 300_000);
afterAll(() => browser.close());

/** An application whose page records the messages that it gets. */
function serveApp(): Promise<string> {
  const document = `<!doctype html><script>
    globalThis.messages = [];
    addEventListener('message', ({ data, origin }) => globalThis.messages.push({ data, origin }));
    const frame = (url) => document.body.append(Object.assign(document.createElement('iframe'), { src: url }));
  </script><body>`;
  return serveRequests(() => new Response(document, { headers: { 'content-type': 'text/html' } }));
}

const response = { code: '</script><script>alert(1)</script>', state: '<!--<script>\u2028\0"\'&amp;\\' };
const message = { type: 'authorization_response', response };

function messagesOf(page: Page): Promise<unknown> {
  return page.evaluate('globalThis.messages');
}

describe('webMessagePage', () => {
  it('sends the response to the page that frames it', async () => {
    const app = await serveApp();
    const tenant = await serveRequests(() => webMessagePage({ targetOrigin: app, response }));
    const { page, complaints } = await newPage(browser);
    await page.goto(app);
    await page.evaluate(`frame('${tenant}')`);
    await page.waitForFunction('globalThis.messages.length > 0');
    expect(await messagesOf(page)).toEqual([{ data: message, origin: tenant }]);
    expect(complaints).toEqual([]);
  });

  it('sends the response to the page that opened it, and leaves the popup open', async () => {
    const app = await serveApp();
    const tenant = await serveRequests(() => webMessagePage({ targetOrigin: app, response }));
    const { page, complaints } = await newPage(browser);
    await page.goto(app);
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate(`void open('${tenant}')`)]);
    await page.waitForFunction('globalThis.messages.length > 0');
    expect(await messagesOf(page)).toEqual([{ data: message, origin: tenant }]);
    expect(popup.isClosed()).toBe(false);
    expect(await popup.textContent('main')).toContain('You can close this window.');
    expect(complaints).toEqual([]);
  });

  it('sends nothing to a page of another origin that opened it', async () => {
    const [app, other] = [await serveApp(), await serveApp()];
    const tenant = await serveRequests(() => webMessagePage({ targetOrigin: app, response }));
    const { page } = await newPage(browser);
    await page.goto(other);
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate(`void open('${tenant}')`)]);
    await popup.waitForLoadState();
    // Messages arrive in their order.
    await popup.evaluate(`opener.postMessage('last', '*')`);
    await page.waitForFunction('globalThis.messages.length > 0');
    expect(await messagesOf(page)).toEqual([{ data: 'last', origin: tenant }]);
  });

  it('cannot be framed by a page of another origin', async () => {
    const [app, other] = [await serveApp(), await serveApp()];
    const tenant = await serveRequests(() => webMessagePage({ targetOrigin: app, response }));
    const { page, complaints } = await newPage(browser);
    await page.goto(other);
    await page.evaluate(`frame('${tenant}')`);
    await expect.poll(() => complaints.join()).toContain('frame-ancestors');
    expect(await messagesOf(page)).toEqual([]);
  });
});

interface Post {
  readonly fields: readonly (readonly [string, string])[];
  readonly contentType: string | null;
  readonly referrer: string | null;
}

/** An application with a callback, and a tenant that sends it the parameters. */
async function serveCallback(parameters: readonly [string, string][]): Promise<{ tenant: string; posts: Post[] }> {
  const posts: Post[] = [];
  // As applications do, the callback redirects to a page, here of a third origin.
  const home = await serveRequests(() => new Response('welcome', { headers: { 'content-type': 'text/html' } }));
  const app = await serveRequests(async (request) => {
    const fields = [...new URLSearchParams(await request.text())];
    posts.push({ fields, contentType: request.headers.get('content-type'), referrer: request.headers.get('referer') });
    return new Response(null, { status: 303, headers: { location: `${home}/welcome` } });
  });
  const tenant = await serveRequests(() => formPostPage(`${app}/callback`, parameters));
  return { tenant, posts };
}

describe('formPostPage', () => {
  it('sends the parameters to the application, and lets it redirect', async () => {
    const parameters: [string, string][] = [
      ['code', 'a&b=c+d %20"<é>'],
      ['state', '</script>\u2028'],
      ['submit', 'is the name of a method of forms'],
      ['line', 'a\nb\r\nc\0'],
    ];
    const { tenant, posts } = await serveCallback(parameters);
    const { page, complaints } = await newPage(browser);
    await page.goto(tenant);
    await page.waitForURL('**/welcome');
    const [code, state, submit] = parameters;
    expect(posts).toEqual([
      {
        fields: [code, state, submit, ['line', 'a\r\nb\r\nc\ufffd']],
        contentType: 'application/x-www-form-urlencoded',
        referrer: null,
      },
    ]);
    expect(complaints).toEqual([]);
  });

  it('has a button for a browser without scripts', async () => {
    const { tenant, posts } = await serveCallback([['code', 'c0de']]);
    const { page } = await newPage(browser, { javaScriptEnabled: false });
    await page.goto(tenant);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL('**/welcome');
    expect(posts.map(({ fields }) => fields)).toEqual([[['code', 'c0de']]]);
  });
});
