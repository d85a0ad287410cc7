import { expect, it } from 'vitest';
import { confidentialApp } from '../../support/local.ts';
import { rehearsed, tenantWithUser } from '../../support/rehearsal.ts';

const day = 86_400;

it('an expired session is ignored, and its end reported', async () => {
  const tenant = await tenantWithUser({ edition: 'ea' });
  const { session_token: sessionToken } = await tenant.session();
  tenant.clock.forward(31 * day);
  for (const via of ['ticket', 'query', 'header', 'cookie'] as const) {
    const { withGuest, session, refusedTicket } = await rehearsed(tenant, { via, sessionToken });
    expect(withGuest).toMatchObject({ end: { ok: true }, guestId: undefined });
    expect(session).toMatchObject({ kind: 'session', endSeconds: tenant.clock() / 1000 - day });
    expect(refusedTicket?.error).toBe(via === 'ticket' ? 'session_expired' : undefined);
  }
});

it('a session of another application is ignored, and that application named', async () => {
  const tenant = await tenantWithUser();
  const app = await confidentialApp(tenant);
  const members = { client_id: app.client_id, client_secret: app.client_secret };
  const { session_token: sessionToken } = await tenant.session(members);
  const { withGuest, session } = await rehearsed(tenant, { via: 'cookie', sessionToken });
  expect(withGuest).toMatchObject({ end: { ok: true }, guestId: undefined });
  expect(session).toMatchObject({ kind: 'session', clientId: app.client_id, appName: 'server' });
});

it.each(['ticket', 'query'] as const)('a token that was changed is ignored by %s', async (via) => {
  const tenant = await tenantWithUser({ edition: 'ea' });
  const { session_token: token } = await tenant.session();
  const sessionToken = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
  const { withGuest, session, refusedTicket } = await rehearsed(tenant, { via, sessionToken });
  expect(withGuest).toMatchObject({ end: { ok: true }, guestId: undefined });
  expect(session).toEqual({ kind: 'unknown' });
  expect(refusedTicket?.error).toBe(via === 'ticket' ? 'invalid_session_token' : undefined);
});

it('the cookie is ignored where the tenant has disabled it', async () => {
  const sessions = { anonymous: { activate_cookie: false } };
  const tenant = await tenantWithUser({ edition: 'ea', settings: { sessions } });
  expect(await rehearsed(tenant, { via: 'cookie' })).toMatchObject({
    ...{ readsCookie: false, withGuest: { end: { ok: true }, guestId: undefined } },
  });
  expect(await rehearsed(tenant, { via: 'header' })).toMatchObject({
    ...{ readsCookie: false, withGuest: { guestId: expect.any(String) } },
  });
});

it('another token of the tenant is told apart from one that it cannot read', async () => {
  const tenant = await tenantWithUser({ edition: 'ea' });
  const { session_token, access_token } = await tenant.session();
  const { body } = await tenant.anonymousToken({ audience: 'urn:auth0:anon_transfer', session_token });
  const kindOf = async (sessionToken: string) => {
    const { session, withGuest } = await rehearsed(tenant, { via: 'query', sessionToken });
    expect(withGuest.guestId).toBeUndefined();
    return session;
  };
  expect(await kindOf(body.anon_transfer_token)).toEqual({ kind: 'ticket' });
  expect(await kindOf(access_token)).toEqual({ kind: 'jwt' });
  expect(await kindOf('nonsense')).toEqual({ kind: 'unknown' });
});
