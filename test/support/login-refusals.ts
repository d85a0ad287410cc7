import { expect } from 'vitest';
import type { LoginBrowser } from './login-browser.ts';
import type { Changes, LoginTenant } from './login-tenant.ts';

/** A code that is good, for a request that is changed. */
export async function codeFor(tenant: LoginTenant, changes: Changes = {}): Promise<string> {
  const { code = '' } = await tenant.authorized(changes);
  expect(code).not.toBe('');
  return code;
}

/** A refusal has an error and a description, no token, and must not be saved. */
export function expectNoTokens(
  { status, body, headers }: Awaited<ReturnType<LoginTenant['token']>>,
  expected: { status: number; error: string; error_description?: string },
): void {
  const { status: wanted, error, error_description = expect.any(String) } = expected;
  expect({ status, body }).toMatchObject({ status: wanted, body: { error, error_description } });
  expect(Object.keys(body).filter((name) => /token/.test(name))).toEqual([]);
  expect(headers.get('cache-control')).toBe('no-store');
}

/** A refused logout leads nowhere, and the session goes on. */
export async function expectNoLogout(
  tenant: LoginTenant,
  browser: LoginBrowser,
  path: string,
  why: string,
): Promise<void> {
  const page = await browser.visit(path, { headers: { accept: 'application/json' } });
  expect({ status: page.status, target: page.target }).toEqual({ status: 400, target: undefined });
  expect(JSON.parse(page.text)).toEqual({ error: 'invalid_request', error_description: why });
  expect(await tenant.authorized({ prompt: 'none' }, browser)).toHaveProperty('code');
}

export async function isLoggedIn(tenant: LoginTenant, browser: LoginBrowser): Promise<boolean> {
  return 'code' in (await tenant.authorized({ prompt: 'none' }, browser));
}
