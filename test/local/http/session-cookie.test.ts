import { describe, expect, it } from 'vitest';
import { clearedCookies, readSessionCookie, sessionCookies } from '../../../src/local/http/session-cookie.ts';

describe('a session cookie', () => {
  it('is set for pages of other sites, and its twin for browsers that know no SameSite=None', () => {
    expect(sessionCookies('auth0_anon', 'token', 60)).toEqual([
      'auth0_anon=token; HttpOnly; Secure; SameSite=None; Path=/; Max-Age=60',
      'auth0_anon_compat=token; HttpOnly; Secure; Path=/; Max-Age=60',
    ]);
  });

  it('is removed together with its twin', () => {
    expect(clearedCookies('auth0')).toEqual([
      'auth0=; HttpOnly; Secure; SameSite=None; Path=/; Max-Age=0',
      'auth0_compat=; HttpOnly; Secure; Path=/; Max-Age=0',
    ]);
  });

  it.each([
    ['auth0_anon=main', 'main'],
    ['auth0_anon_compat=twin', 'twin'],
    ['auth0_anon_compat=twin; auth0_anon=main', 'main'],
    ['auth0_anon=main;auth0_anon_compat=twin', 'main'],
    ['auth0_anon=; auth0_anon_compat=twin', 'twin'],
    ['theme=dark;  auth0_anon=first; auth0_anon=second', 'first'],
    ['auth0_anon=a=b', 'a=b'],
    ['auth0=login; auth0_compat=login; x_auth0_anon=other; AUTH0_ANON=other', undefined],
    ['auth0_anon', undefined],
    ['', undefined],
  ])('is read from %j: %s', (header, session) => {
    expect(readSessionCookie('auth0_anon', header)).toBe(session);
  });
});
