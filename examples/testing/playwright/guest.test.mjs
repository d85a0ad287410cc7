// A visitor of the page becomes a guest, in Chromium. CHROMIUM names its program; without it, Playwright's own is used.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLocalTenant } from 'anon-cli/local';
import { chromium } from 'playwright-core';
import { openShop } from '../shop.mjs';

test('a visitor becomes a guest', async (t) => {
  const tenant = await startLocalTenant({ edition: 'ea', https: true });
  t.after(() => tenant.stop());
  const shop = await openShop(tenant.env, tenant.ca);
  t.after(() => shop.close());
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM });
  t.after(() => browser.close());

  const created = tenant.requests.next({ path: '/anonymous/token', session: 'created' });
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(shop.url);
  const { guest, app } = await created;
  assert.equal(app, 'web');
  await page.getByText(guest).waitFor();

  // The same browser stays the same guest.
  await page.reload();
  await page.getByText(guest).waitFor();
  assert.deepEqual(new Set(tenant.requests.all({ app }).map((request) => request.guest)), new Set([guest]));
});
