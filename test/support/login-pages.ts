import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { errorPage } from '../../src/local/login/pages/error-page.ts';
import { type LoginPage, loginPage, type SignUpPage, signUpPage } from '../../src/local/login/pages/login-pages.ts';
import { loggedOutPage, logoutPage } from '../../src/local/login/pages/logout-page.ts';
import { formPostPage, webMessagePage } from '../../src/local/login/pages/response-pages.ts';

export const loginRequest: LoginPage = {
  action: '/u/login',
  state: 'st4te',
  appName: 'Corner Shop',
  tenantName: 'localhost:4400',
  users: [],
  signUpUrl: '/u/signup?state=st4te',
};

export const signUpRequest: SignUpPage = {
  action: '/u/signup',
  state: 'st4te',
  appName: 'Corner Shop',
  passwordRule: 'At least 8 characters.',
  loginUrl: '/u/login?state=st4te',
};

/** Every page, with `text` wherever it can be filled in. */
export function everyPage(text: string): ReadonlyMap<string, Response> {
  const form = { state: text, appName: text, tenantName: text, email: text };
  const url = `/u/page?state=${text}`;
  const problem = { text, field: 'email' } as const;
  const users = [{ id: text, email: `${text}@example.com`, name: text }];
  // With control characters, the page would leave it out.
  const command = [text.replaceAll(/\p{Cc}/gu, '')];
  return new Map([
    ['login', loginPage({ ...form, action: url, problem, users, signUpUrl: url, unknownConnection: text })],
    ['sign-up', signUpPage({ ...form, action: url, problem, passwordRule: text, loginUrl: url })],
    ['error', errorPage({ status: 400, error: text, description: text, hint: text, command, tenantName: text })],
    ['logout', logoutPage({ action: url, state: text, tenantName: text })],
    ['logged out', loggedOutPage({ tenantName: text })],
    ['form post', formPostPage(`https://shop.example/callback?q=${text}`, [[text, text]])],
    ['web message', webMessagePage({ targetOrigin: 'https://shop.example', response: { code: text, [text]: text } })],
  ]);
}

/** Serves `answer` over HTTP until the test ends: the origin, `http://localhost:PORT`. */
export async function serveRequests(answer: (request: Request) => Promise<Response> | Response): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = 'GET', url = '/' } = incoming;
    const headers = incoming.headers as Record<string, string>;
    const body = method === 'POST' ? Buffer.concat(chunks) : null;
    const response = await answer(new Request(new URL(url, 'http://localhost'), { method, headers, body }));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
  await new Promise<void>((listening) => server.listen(0, 'localhost', listening));
  onTestFinished(() => void server.close());
  return `http://localhost:${(server.address() as AddressInfo).port}`;
}

/** A page in a new browser profile. `complaints` has what its console reports, such as what its CSP blocked. */
export async function newPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const complaints: string[] = [];
  context.on('console', (message) => complaints.push(message.text()));
  context.on('weberror', (failure) => complaints.push(String(failure.error())));
  return { page: await context.newPage(), complaints };
}
