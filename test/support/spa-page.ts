import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { testCertificate } from './https-tenant.ts';

/** It comes back from a login without its query. */
const document = `<!doctype html>
<script type="module">
  import { Auth0Client } from '/auth0-spa-js.js';
  const given = new URLSearchParams(location.search).get('options');
  if (given) sessionStorage.setItem('options', given);
  window.client = new Auth0Client(JSON.parse(sessionStorage.getItem('options')));
</script>`;

/**
 * Serves a page with a client of Auth0's SDK for pages on a free port, until the test ends: the origin. For a browser, each of
 * the three is a site of its own, and a tenant at `https://localhost` is on the same site as the second one only.
 */
export async function spaOrigin(site: 'http://localhost' | 'https://localhost' | 'https://127.0.0.1'): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@auth0/auth0-spa-js');
  const sdk = readFileSync(join(dirname(entry), '..', 'auth0-spa-js.production.esm.js'));
  const answer: RequestListener = ({ url }, response) => {
    const isSdk = url === '/auth0-spa-js.js';
    response.setHeader('content-type', isSdk ? 'text/javascript' : 'text/html').end(isSdk ? sdk : document);
  };
  const { certificate: cert, key } = await testCertificate();
  const server = site.startsWith('https:') ? createTlsServer({ cert, key }, answer) : createServer(answer);
  await new Promise<void>((listening) => server.listen(0, new URL(site).hostname, listening));
  onTestFinished(() => void server.close());
  return `${site}:${(server.address() as AddressInfo).port}`;
}

/** Opens the page of {@link spaOrigin} with these options of Auth0Client. */
export async function openSpa(page: Page, origin: string, options: object): Promise<void> {
  await page.goto(`${origin}/?${new URLSearchParams({ options: JSON.stringify(options) })}`);
  await spaReady(page);
}

/** Waits until the page has its client. */
export async function spaReady(page: Page): Promise<void> {
  await page.waitForFunction(() => 'client' in globalThis);
}

/**
 * Calls a function of the page's client, such as `anonymous.createSession`.
 * @throws Error with the error code of the response, or the message of the SDK
 */
export async function callSpa<Result>(page: Page, path: string, options?: object): Promise<Result> {
  const { value, error } = await page.evaluate(
    async ([names, argument]) => {
      type Callable = Record<string, (argument: unknown) => unknown>;
      const { client } = globalThis as unknown as { client: Callable & Record<string, Callable> };
      const [name = '', member] = names.split('.').reverse();
      const owner = member === undefined ? client : client[member];
      try {
        return { value: await owner?.[name]?.(argument), error: undefined };
      } catch (failed) {
        const { cause, error: code, message } = failed as Error & { error?: string; cause?: { error?: string } };
        return { value: undefined, error: cause?.error ?? code ?? message };
      }
    },
    [path, options] as const,
  );
  if (error !== undefined) throw new Error(error);
  return value as Result;
}
