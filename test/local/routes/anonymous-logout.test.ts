import { describe, expect, it } from 'vitest';
import { openTenant } from '../../support/local.ts';

const path = '/anonymous/logout';
const ea = () => openTenant({ edition: 'ea' });

describe('POST /anonymous/logout', () => {
  it.each([
    ['of an application', (clientId: string) => ({ json: { client_id: clientId } })],
    ['of nobody in particular', () => ({ json: {} })],
    ['with members it does not know', () => ({ json: { reason: ['bye'] } })],
    ['in a form', (clientId: string) => ({ form: { client_id: clientId } })],
  ])('%s returns no content and clears the cookie', async (_, body) => {
    const tenant = await ea();
    const { status, headers, body: answered } = await tenant.send('POST', path, body(tenant.app.client_id));
    expect([status, answered, headers.get('content-type')]).toEqual([204, {}, null]);
    expect(headers.getSetCookie()).toEqual([
      'auth0_anon=; HttpOnly; Secure; SameSite=None; Path=/; Max-Age=0',
      'auth0_anon_compat=; HttpOnly; Secure; Path=/; Max-Age=0',
    ]);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('revokes nothing', async () => {
    const tenant = await ea();
    const { session_token } = await tenant.session();
    const cookie = { cookie: `auth0_anon=${session_token}` };
    await tenant.send('POST', path, { json: { client_id: tenant.app.client_id }, headers: cookie });
    expect(await tenant.anonymousToken({ session_token })).toMatchObject({ status: 200 });
  });

  it.each<[string, number, string, object]>([
    ['a session token', 400, 'invalid_request', { json: { session_token: 'do-not-repeat-me' } }],
    ['a session token of a wrong type', 400, 'invalid_request', { json: { session_token: null } }],
    ['a secret', 400, 'invalid_request', { json: { client_secret: 'do-not-repeat-me' } }],
    ['a client_id of a wrong type', 400, 'invalid_request', { json: { client_id: 7 } }],
    ['broken JSON', 400, 'invalid_request', { text: '{' }],
    ['no body', 400, 'invalid_request', {}],
    ['another type', 415, 'invalid_request', { text: '{}', headers: { 'content-type': 'text/plain' } }],
    ['an application that is not there', 401, 'invalid_client', { json: { client_id: 'do-not-repeat-me' } }],
  ])('is refused with %s: %i %s', async (_, status, error, options) => {
    const tenant = await ea();
    const answer = await tenant.send('POST', path, options);
    expect([answer.status, answer.body]).toEqual([status, { error, error_description: expect.any(String) }]);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(JSON.stringify(answer.body)).not.toContain('do-not-repeat-me');
  });

  it('clears nothing in edition preview, which has no cookie', async () => {
    const tenant = await openTenant();
    const { status, headers } = await tenant.send('POST', path, { json: {} });
    expect([status, headers.get('set-cookie')]).toEqual([204, null]);
    expect(await tenant.send('POST', path, { json: { client_secret: 'x' } })).toMatchObject({ status: 400 });
  });
});
