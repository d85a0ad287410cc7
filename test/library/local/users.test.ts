import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeToken } from '../../../src/library/decode-token.ts';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import type { LocalTenant } from '../../../src/library/local/tenant.ts';
import { failureOf } from '../../support/domain.ts';

let tenant: LocalTenant;
beforeAll(async () => {
  tenant = await startLocalTenant({ listen: false, autoLogin: 'jane@example.com' });
});
afterAll(() => tenant.stop());

const callback = 'http://localhost:3000/callback';

/** Opens the login page, and redeems the code that it leads to. */
async function logIn(): Promise<Record<string, string>> {
  const verifier = 'v'.repeat(43);
  const query = {
    ...{ response_type: 'code', client_id: tenant.clientId, redirect_uri: callback, scope: 'openid profile' },
    ...{ code_challenge: verifier, code_challenge_method: 'plain' },
  };
  const page = await tenant.fetch(`/authorize?${new URLSearchParams(query)}`);
  const code = new URL(page.headers.get('location') ?? callback).searchParams.get('code') ?? '';
  const body = new URLSearchParams({
    ...{ grant_type: 'authorization_code', client_id: tenant.clientId, code, redirect_uri: callback },
    code_verifier: verifier,
  });
  return (await (await tenant.fetch('/oauth/token', { method: 'POST', body })).json()) as Record<string, string>;
}

describe('createUser', () => {
  it('makes a user who can log in, with a new password or the given one', async () => {
    const jane = await tenant.createUser({ email: 'Jane@Example.com', name: 'Jane', id: 'jane' });
    expect(jane).toEqual({
      ...{ userId: 'auth0|jane', email: 'jane@example.com', name: 'Jane' },
      password: expect.stringMatching(/^\S{24}$/),
    });
    const { id_token: token = '' } = await logIn();
    expect((await decodeToken(token)).claims).toMatchObject({ sub: 'auth0|jane', name: 'Jane' });
    const given = { email: 'joe@example.com', password: 'Correct-Horse-1' };
    expect(await tenant.createUser(given)).toMatchObject(given);
  });

  it.each([
    [{ email: 'joe@example.com' }, 'already exists'],
    [{ email: 'ann@example.com', password: 'short' }, 'too weak'],
    [{ email: 'nobody' }, 'not an e-mail address'],
  ])('refuses %j', async (wrong, message) => {
    const failure = await failureOf(() => tenant.createUser(wrong));
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
  });

  it('works after the clock was moved by years', async () => {
    await tenant.clock.advance('9y');
    expect(await tenant.createUser({ email: 'late@example.com' })).toMatchObject({ email: 'late@example.com' });
    await tenant.clock.advance('-20y');
    expect(await tenant.createUser({ email: 'early@example.com' })).toMatchObject({ email: 'early@example.com' });
    await tenant.clock.reset();
  });
});

describe('createGuest', () => {
  it('takes a guest id and scopes', async () => {
    const { accessToken, scope } = await tenant.createGuest({ userId: 'anon|me', scope: 'read:catalog' });
    expect((await decodeToken(accessToken)).claims).toMatchObject({ sub: 'anon|me' });
    expect(scope).toBe('read:catalog');
  });

  it('refuses a guest id in edition ea, which would be ignored', async () => {
    const other = await startLocalTenant({ edition: 'ea', listen: false });
    const failure = await failureOf(() => other.createGuest({ userId: 'anon|me' }));
    expect(failure).toMatchObject({ code: 'edition_unsupported' });
    await other.stop();
  });

  it('and users have no members but those that they take', async () => {
    const misspelt = { email: 'x@example.com', pasword: 'Correct-horse1' } as Parameters<typeof tenant.createUser>[0];
    const wrong = { metdata: {} } as Parameters<typeof tenant.createGuest>[0];
    const failures = [
      await failureOf(() => tenant.createUser(misspelt)),
      await failureOf(() => tenant.createGuest(wrong)),
    ];
    expect(failures.map(({ message }) => message)).toEqual([
      "createUser does not take 'pasword'.",
      "createGuest does not take 'metdata'.",
    ]);
  });
});

describe('fetch', () => {
  it.each([
    'https://acme.eu.auth0.com/anonymous/token',
    'http://localhost.example/',
    // An API of one's own, which a test runs beside the tenant.
    'http://localhost:3000/cart',
  ])('refuses %s', async (url) => {
    expect(await failureOf(() => tenant.fetch(url))).toMatchObject({ code: 'usage' });
  });

  it('ends when it is aborted', async () => {
    await expect(tenant.fetch('/health', { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    const stop = new AbortController();
    const pending = tenant.fetch('/health', { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
  });
});
