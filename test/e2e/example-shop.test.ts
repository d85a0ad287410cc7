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
  const { page, complaints } = await newPage(browser, { locale: 'de-DE' });
  await page.goto(url);
  return { page, complaints, home, tenant, password };
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

it('examples/shop: the carts of two guests become the cart of the user they log in as', async () => {
  const { page, complaints, home, tenant, password } = await openShop();
  expect(await shown(page, 'a guest')).toEqual(['Empty']);
  await add(page, 'espresso', '1 × espresso');
  await add(page, 'filter coffee', '1 × filter coffee');

  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByLabel('Email address').fill('jane@example.com');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  expect(await shown(page, 'jane@example.com')).toEqual(['1 × espresso', '1 × filter coffee']);
  const first = await page.locator('#guest').textContent();
  await page.reload();
  expect(await shown(page, 'jane@example.com')).toEqual(['1 × espresso', '1 × filter coffee']);

  await page.getByRole('button', { name: 'Log out' }).click();
  expect(await shown(page, 'a guest')).toEqual(['Empty']);
  await add(page, 'espresso', '1 × espresso');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Jane' }).click();
  expect(await shown(page, 'jane@example.com')).toEqual(['2 × espresso', '1 × filter coffee']);
  const second = await page.locator('#guest').textContent();

  await page.getByRole('button', { name: 'Log out' }).click();
  expect(await shown(page, 'a guest')).toEqual(['Empty']);
  expect(complaints).toEqual([]);
  const { user_id, user_metadata } = await jsonOf(home, ['local', 'user', 'show', 'jane@example.com']);
  expect(user_metadata).toEqual({ language: 'de-DE' });
  const { stderr } = await tenant.stop();
  const guests = [...stderr.matchAll(/(anon@\S+) {2}created/g)].map(([, guest]) => guest);
  expect(guests.slice(0, 2)).toEqual([first, second]);
  expect(new Set(guests).size).toBe(3);
  for (const guest of [first, second]) expect(stderr).toContain(`  ${guest}  jane@example.com\n`);
  expect(stderr.match(/\/anonymous\/logout +204 {2}web$/gm)).toHaveLength(2);
  const lines = stderr.split('\n').filter((line) => line.startsWith('  post-login'));
  expect(lines).toEqual([
    ...[`  post-login  ${first} is now ${user_id}, and reads de-DE`, `  post-login  ${second} is now ${user_id}`],
  ]);
}, 120_000);

it('examples/shop: a guest who signs up still has their cart', async () => {
  const { page } = await openShop();
  await add(page, 'espresso', '1 × espresso');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('link', { name: 'Sign up' }).click();
  await page.getByLabel('Email address').fill('joe@example.com');
  await page.getByLabel('Password').fill('Latte-Art-7');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  expect(await shown(page, 'joe@example.com')).toEqual(['1 × espresso']);
}, 120_000);

it('examples/shop: the commands for CI rehearse its Action', async () => {
  const { home } = installedHome();
  await runLines(home, setUp);
  const printed = await runLines(home, readmeCommands(folder, '## In CI'));
  expect(printed).toContain('The guest came along by ticket.');
  const guest = expect.stringMatching(/^"anon@.+"$/);
  const claim = /claims\.https:\/\/shop\.example\/guest +(\S+)/g;
  expect([...printed.matchAll(claim)].map(([, value]) => value)).toEqual([guest, guest]);
  expect(printed).toMatch(/user_metadata\.language +"de"/);
});

it('the API of examples/shop has about 20 lines, and its README six commands', () => {
  const code = readFileSync(`${folder}/api.mjs`, 'utf8')
    .split('\n')
    .filter((line) => /^\s*[^\s/]/.test(line));
  expect(code.length).toBeLessThanOrEqual(25);
  expect(readmeCommands(folder)).toHaveLength(6);
});
