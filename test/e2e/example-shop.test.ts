import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { runShell } from '../support/bin.ts';
import { openBrowser } from '../support/browser.ts';
import { authorityOf, installedHome, npmStart, readmeCommands } from '../support/example.ts';
import { jsonOf, serve } from '../support/local-server.ts';
import { newPage } from '../support/login-pages.ts';

const folder = 'examples/shop';

/** Runs command lines of the README in the folder of the shop. Resolves with what they print. */
async function runLines(home: string, lines: readonly string[]): Promise<string> {
  let printed = '';
  for (const line of lines) {
    const { stdout, stderr, code } = await runShell(home, `cd ${folder} && ${line}`);
    expect(code, stderr).toBe(0);
    printed += stdout;
  }
  return printed;
}

/** The commands of the README that set up the tenant. Trust is the browser's, and what serves is started by the tests. */
const setUp = readmeCommands(folder).filter((line) => !/local trust|local start|npm/.test(line));

/** The shop after the commands of its README, in a new browser profile. */
async function openShop() {
  const { home, env } = installedHome();
  const [, password = ''] = /password +(\S+)/.exec(await runLines(home, setUp)) ?? [];
  const tenant = await serve(home, [], ['--port', '0']);
  const url = await npmStart(folder, env);
  const browser = await openBrowser(await authorityOf(home));
  onTestFinished(() => browser.close());
  const { page, complaints } = await newPage(browser);
  await page.goto(url);
  return { page, url, complaints, home, tenant, password };
}

async function add(page: Page, product: string, expected: string): Promise<void> {
  await page.getByRole('button', { name: `Add ${product}` }).click();
  await page.locator('#cart').getByText(expected).waitFor();
}

/** Who the page says it is for, once it has loaded, and the products in the cart. */
async function shown(page: Page, you: string): Promise<string[]> {
  await page.locator('#you', { hasText: you }).waitFor();
  expect(await page.locator('#problem').textContent()).toBe('');
  return page.locator('#cart li').allTextContents();
}

async function logIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Jane' }).click();
}

/** What `local start` printed about logins: the guests who came along, and what the Action says of them. */
function logged(stderr: string) {
  const guests = [...stderr.matchAll(/ {2}(anon@\S+) {2}jane@example\.com$/gm)].map(([, guest]) => guest);
  return { guests, printed: stderr.split('\n').filter((line) => line.startsWith('  post-login')) };
}

it("examples/shop: the carts of two guests are added to the user's, who had one before", async () => {
  const { page, complaints, home, tenant, password } = await openShop();
  expect(await shown(page, 'a guest')).toEqual(['Empty']);
  await add(page, 'tea', '1 × tea');
  await add(page, 'tea', '2 × tea');
  await add(page, 'mug', '1 × mug');
  await page.reload();
  expect(await shown(page, 'a guest')).toEqual(['2 × tea', '1 × mug']);

  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByLabel('Email address').fill('jane@example.com');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  expect(await shown(page, 'jane@example.com')).toEqual(['3 × tea', '1 × mug']);
  await page.reload();
  expect(await shown(page, 'jane@example.com')).toEqual(['3 × tea', '1 × mug']);

  await page.getByRole('button', { name: 'Log out' }).click();
  expect(await shown(page, 'a guest')).toEqual(['Empty']);
  await add(page, 'tea', '1 × tea');
  await add(page, 'honey', '1 × honey');
  await logIn(page);
  expect(await shown(page, 'jane@example.com')).toEqual(['4 × tea', '1 × mug', '1 × honey']);

  await page.getByRole('button', { name: 'Log out' }).click();
  expect(await shown(page, 'a guest')).toEqual(['Empty']);
  await logIn(page);
  expect(await shown(page, 'jane@example.com')).toEqual(['4 × tea', '1 × mug', '1 × honey']);
  expect(complaints).toEqual([]);

  const { app_metadata } = await jsonOf(home, ['local', 'user', 'show', 'jane@example.com']);
  expect(app_metadata).toMatchObject({ cart: { tea: 4, mug: 1, honey: 1 }, merged_sessions: { length: 2 } });
  const { guests, printed } = logged((await tenant.stop()).stderr);
  expect(new Set(guests).size).toBe(3);
  expect(printed).toEqual([
    `  post-login  ${guests[0]} brought tea:2,mug:1`,
    `  post-login  ${guests[1]} brought tea:1,honey:1`,
  ]);
}, 120_000);

it('examples/shop: a guest whose first login was cut off is merged once', async () => {
  const { page, url, home, tenant } = await openShop();
  await add(page, 'mug', '1 × mug');
  await page.route('**/main.js', (route) => route.abort(), { times: 1 });
  const cutOff = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/main.js'));
  await logIn(page);
  await cutOff;
  await page.goto(url);
  expect(await shown(page, 'a guest')).toEqual(['1 × mug']);

  await page.getByRole('button', { name: 'Log in' }).click();
  expect(await shown(page, 'jane@example.com')).toEqual(['1 × tea', '1 × mug']);
  const { app_metadata } = await jsonOf(home, ['local', 'user', 'show', 'jane@example.com']);
  expect(app_metadata).toMatchObject({ cart: { tea: 1, mug: 1 }, merged_sessions: { length: 1 } });
  const { guests, printed } = logged((await tenant.stop()).stderr);
  expect(guests).toEqual([guests[0], guests[0]]);
  expect(printed).toEqual([`  post-login  ${guests[0]} brought mug:1`]);
}, 120_000);

it('examples/shop: a guest who signs up still has their cart', async () => {
  const { page } = await openShop();
  await add(page, 'tea', '1 × tea');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.getByLabel('Email address').fill('joe@example.com');
  await page.getByLabel('Password').fill('Latte-Art-7');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  expect(await shown(page, 'joe@example.com')).toEqual(['1 × tea']);
}, 120_000);

it('examples/shop: a rehearsal shows the merged cart', async () => {
  const { home } = installedHome();
  await runLines(home, setUp);
  const [creation = '', rehearsal = ''] = readmeCommands(folder, '## Test the merge');
  const printed = await runLines(home, [creation, rehearsal]);
  expect(printed).toContain('The guest came along by ticket.');
  const [, profile = ''] = /```text\n(User [\s\S]*?)```/.exec(readFileSync(`${folder}/README.md`, 'utf8')) ?? [];
  const anySession = (text: string) => text.replaceAll(/sess_[\w-]+/g, 'sess_');
  expect(anySession(printed)).toContain(anySession(profile));
  for (const change of ['.tea +1 → 3', '.mug +1']) {
    expect(printed.match(new RegExp(`claims\\.https://shop\\.example/cart\\${change}`, 'g'))).toHaveLength(2);
  }
  const count = await runLines(home, [`${rehearsal} --field user.after.app_metadata.cart.tea`]);
  expect(count).toBe('3\n');
});

it('the API of examples/shop gives the catalog to guests, but no cart', async () => {
  const { home, env } = installedHome();
  await runLines(home, setUp);
  await serve(home, [], ['--port', '0']);
  const config = (await (await fetch(`${await npmStart(folder, env)}/config.json`)).json()) as { api: string };
  const token = (await runLines(home, ['anon-cli token create --field access_token'])).trim();
  const read = (path: string, headers = { authorization: `Bearer ${token}` }) =>
    fetch(`${config.api}/${path}`, { headers });
  expect((await read('catalog')).status).toBe(200);
  expect((await read('cart')).status).toBe(401);
  expect((await read('catalog', { authorization: 'Bearer none' })).status).toBe(401);
}, 60_000);

it('the API of examples/shop has about 20 lines, and its README six commands', () => {
  const code = readFileSync(`${folder}/api.mjs`, 'utf8')
    .split('\n')
    .filter((line) => /^\s*[^\s/]/.test(line));
  expect(code.length).toBeLessThanOrEqual(20);
  expect(readmeCommands(folder)).toHaveLength(6);
});
