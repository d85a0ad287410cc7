import { describe, expect, it } from 'vitest';
import { claimsOf, openTenant } from '../support/local.ts';

// "Parameters sent without a value MUST be treated as if they were omitted", RFC 6749, section 3.2.

describe.each(['preview', 'ea'] as const)('a form with a parameter without a value, edition %s', (edition) => {
  it.each([
    ...['client_secret', 'client_assertion', 'client_assertion_type', 'scope', 'metadata', 'session_token', 'user_id'],
  ])('creates a guest session as without it: %s', async (name) => {
    const tenant = await openTenant({ edition });
    const form = { client_id: tenant.app.client_id, audience: tenant.api.identifier };
    const { status, body } = await tenant.send('POST', '/anonymous/token', { form: { ...form, [name]: '' } });
    expect(status).toBe(200);
    expect(body.scope).toBe('read:catalog write:cart');
    expect(claimsOf(body.access_token).sub).toMatch(/^anon[|@][\da-f-]{36}$/);
  });

  it.each([
    ['/anonymous/token', 'client_id', 'client_id is required.'],
    ['/oauth/token', 'grant_type', 'grant_type is required.'],
    ['/oauth/revoke', 'token', 'token is required.'],
  ])('at %s lacks %s', async (path, name, error_description) => {
    const tenant = await openTenant({ edition });
    const answer = await tenant.send('POST', path, { form: { client_id: tenant.app.client_id, [name]: '' } });
    expect(answer.body).toEqual({ error: 'invalid_request', error_description });
    expect(answer.status).toBe(400);
  });

  it('still must not have it twice', async () => {
    const tenant = await openTenant({ edition });
    const form = `client_id=${tenant.app.client_id}&audience=${tenant.api.identifier}&scope=&scope=`;
    expect(await tenant.send('POST', '/anonymous/token', { form })).toMatchObject({ status: 400 });
  });

  it('logs out', async () => {
    const tenant = await openTenant({ edition });
    const form = { client_id: '', session_token: '' };
    expect((await tenant.send('POST', '/anonymous/logout', { form })).status).toBe(204);
  });

  it('of the Management API keeps the empty text', async () => {
    const tenant = await openTenant({ edition, settings: { default_redirection_uri: 'https://shop.example' } });
    const manage = await tenant.management();
    const { body } = await manage('PATCH', '/api/v2/tenants/settings', { form: { default_redirection_uri: '' } });
    expect(body).not.toHaveProperty('default_redirection_uri');
  });
});

it.each([
  ['a number', 5],
  ['null', null],
  ['an array', ['openid']],
])('a JSON body at /authorize with %s in place of a text is refused', async (_, scope) => {
  const tenant = await openTenant();
  const json = { client_id: tenant.app.client_id, response_type: 'code', scope };
  const answer = await tenant.send('POST', '/authorize', { json });
  expect(answer.body).toEqual({ error: 'invalid_request', error_description: 'scope must be a string.' });
  expect(answer.status).toBe(400);
});
