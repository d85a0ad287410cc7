import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loginPage, signUpPage } from '../../src/local/login/pages/login-pages.ts';
import { logoutPage } from '../../src/local/login/pages/logout-page.ts';
import { openBrowser } from '../support/browser.ts';
import { testAuthority } from '../support/https-tenant.ts';
import { everyPage, loginRequest, newPage, serveRequests, signUpRequest } from '../support/login-pages.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser((await testAuthority()).path);
}, 300_000);
afterAll(() => browser.close());

const users = ['jane', 'mary'].map((name) => ({ id: `auth0|${name}`, email: `${name}@example.com`, name }));

/** Serves one page, and redirects what its forms send to an application at another origin. */
async function serveForm(make: () => Response): Promise<{ url: string; app: string; sent: string[] }> {
  const sent: string[] = [];
  const app = await serveRequests(() => new Response('welcome', { headers: { 'content-type': 'text/html' } }));
  const url = await serveRequests(async (request) => {
    if (request.method === 'GET') return make();
    sent.push(await request.text());
    return new Response(null, { status: 303, headers: { location: `${app}/callback` } });
  });
  return { url, app, sent };
}

/** Opens an address. A browser moves the focus only when it draws the page. */
async function gotoFocused(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction('document.activeElement !== document.body');
}

/** What has the focus: its name, or its text. */
function focused(page: Page): Promise<string> {
  return page.evaluate(`document.activeElement.id || document.activeElement.textContent.trim().replace(/\\s+/g, ' ')`);
}

describe('by keyboard alone', () => {
  it('the login form sends what was typed, and leads to the application', async () => {
    const { url, app, sent } = await serveForm(() => loginPage({ ...loginRequest, users }));
    const { page, complaints } = await newPage(browser);
    await gotoFocused(page, url);
    await page.keyboard.type('jane@example.com');
    await page.keyboard.press('Tab');
    await page.keyboard.type('pässword');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${app}/callback`);
    expect(Object.fromEntries(new URLSearchParams(sent[0]))).toEqual({
      ...{ state: 'st4te', username: 'jane@example.com', password: 'pässword', action: 'default' },
    });
    expect(complaints).toEqual([]);
  });

  it('every control of the login page is reached in its order, and a user logs in', async () => {
    const { url, app, sent } = await serveForm(() => loginPage({ ...loginRequest, users }));
    const { page, complaints } = await newPage(browser);
    await gotoFocused(page, url);
    const reached = [await focused(page)];
    for (let presses = 0; presses < 5; presses++) {
      await page.keyboard.press('Tab');
      reached.push(await focused(page));
    }
    expect(reached).toEqual([
      ...['username', 'password', 'Continue', 'Sign up', 'J jane jane@example.com', 'M mary mary@example.com'],
    ]);
    const ring = await page.evaluate(`getComputedStyle(document.activeElement).outlineWidth`);
    expect(ring).toBe('3px');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${app}/callback`);
    expect(Object.fromEntries(new URLSearchParams(sent[0]))).toEqual({ state: 'st4te', user: 'auth0|mary' });
    expect(complaints).toEqual([]);
  });

  it('the sign-up form sends what was typed', async () => {
    const { url, app, sent } = await serveForm(() => signUpPage(signUpRequest));
    const { page, complaints } = await newPage(browser);
    await gotoFocused(page, url);
    await page.keyboard.type('jörg@bücher.example');
    await page.keyboard.press('Tab');
    await page.keyboard.type('new');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.waitForURL(`${app}/callback`);
    expect(Object.fromEntries(new URLSearchParams(sent[0]))).toEqual({
      ...{ state: 'st4te', email: 'jörg@bücher.example', password: 'new', action: 'default' },
    });
    expect(complaints).toEqual([]);
  });

  it('the logout page logs out', async () => {
    const { url, app, sent } = await serveForm(() => logoutPage({ action: '/u/logout', state: 'st4te' }));
    const { page, complaints } = await newPage(browser);
    await gotoFocused(page, url);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${app}/callback`);
    expect(Object.fromEntries(new URLSearchParams(sent[0]))).toEqual({ state: 'st4te', action: 'accept' });
    expect(complaints).toEqual([]);
  });
});

it('an empty field keeps the form from being sent', async () => {
  const { url, sent } = await serveForm(() => loginPage(loginRequest));
  const { page } = await newPage(browser);
  await gotoFocused(page, url);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  expect(await focused(page)).toBe('username');
  await page.getByLabel('Email address').fill('jane@example.com');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  expect(await focused(page)).toBe('password');
  expect(sent).toEqual([]);
});

const shown = ['login', 'sign-up', 'error', 'logout', 'logged out'];

/** Serves every page at its name, with the text of the query. */
function serveEveryPage(): Promise<string> {
  return serveRequests(({ url }) => {
    const { pathname, searchParams } = new URL(url);
    const found = everyPage(searchParams.get('text') ?? 'text').get(decodeURIComponent(pathname.slice(1)));
    // The console would complain about the status of the error page.
    return found ? new Response(found.body, { headers: found.headers }) : new Response(null, { status: 404 });
  });
}

/** What a checker of accessibility would find in the page. */
const findings = `(() => {
  const found = [];
  const check = (right, what) => right || found.push(what);
  const all = (selector) => [...document.querySelectorAll(selector)];
  check(all('h1').length === 1, 'one h1');
  check(all('main').length === 1, 'one main');
  check(document.documentElement.lang === 'en', 'language');
  check(document.title !== '', 'title');
  for (const input of all('input:not([type=hidden])')) check(input.labels.length === 1, 'label of ' + input.id);
  for (const button of all('button,a')) check(button.innerText.trim() !== '', 'name of ' + button.outerHTML);
  const ids = all('[id]').map(({ id }) => id);
  check(new Set(ids).size === ids.length, 'unique ids');
  for (const attribute of ['aria-describedby', 'aria-labelledby']) {
    for (const element of all('[' + attribute + ']')) {
      for (const id of element.getAttribute(attribute).split(' ')) check(ids.includes(id), attribute + ' ' + id);
    }
  }
  check(document.documentElement.scrollWidth <= innerWidth, 'no scrolling sideways');
  const light = (color) => {
    const [red, green, blue] = color.match(/[\\d.]+/g).slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backgroundOf = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return /, 0\\)$/.test(backgroundColor) ? backgroundOf(element.parentElement) : backgroundColor;
  };
  const contrast = (...colors) => {
    const [less, more] = colors.map(light).sort((one, other) => one - other);
    return (more + 0.05) / (less + 0.05);
  };
  for (const element of all('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (hasText && element.offsetParent !== null) {
      check(contrast(getComputedStyle(element).color, backgroundOf(element)) >= 4.5, 'contrast of ' + element.outerHTML);
    }
  }
  for (const input of all('input:not([type=hidden])')) {
    check(contrast(getComputedStyle(input).borderTopColor, backgroundOf(input)) >= 3, 'edge of ' + input.id);
  }
  return found;
})()`;

describe.each(['light', 'dark'] as const)('with %s colors, 320 pixels wide', (colorScheme) => {
  it.each(shown)('the page %s is accessible', async (name) => {
    const url = await serveEveryPage();
    const { page, complaints } = await newPage(browser, { colorScheme, viewport: { width: 320, height: 480 } });
    await page.goto(`${url}/${name}?text=${'a-rather-long-text-without-a-space'.repeat(3)}`);
    expect(await page.evaluate(findings)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

it.each(shown)('nothing in the parameters of the page %s runs', async (name) => {
  const url = await serveEveryPage();
  const { page, complaints } = await newPage(browser);
  await page.addInitScript(
    `globalThis.ran = []; globalThis.hacked = () => globalThis.ran.push(document.location.href)`,
  );
  for (const attack of [
    ...['<script>hacked()</script>', '</title><script>hacked()</script>', '"><img src=x onerror=hacked()>'],
    ...['" autofocus onfocus="hacked()', "' autofocus onfocus='hacked()", '</style><base href=//evil.example>'],
    ...['<!--<script>', '\u2028<svg onload=hacked()>', '\0<svg onload=hacked()>'],
  ]) {
    await page.goto(`${url}/${name}?text=${encodeURIComponent(attack)}`);
    expect(await page.evaluate('globalThis.ran')).toEqual([]);
    expect(await page.evaluate(`document.querySelectorAll('script,img,base,svg').length`)).toBe(0);
    expect(await page.textContent('main')).toContain(attack.replace('\0', '\ufffd'));
  }
  expect(complaints).toEqual([]);
});
