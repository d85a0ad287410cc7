import { AuthClient } from '@auth0/auth0-auth-js';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import type { ClockReading } from '../../../src/wire/tenant-clock.ts';
import { controlToken, moveClock } from '../../support/clock-control.ts';
import { openMachine } from '../../support/command.ts';
import { guestsOf, guestTenant } from '../../support/guest-tenant.ts';
import { httpsTenant } from '../../support/https-tenant.ts';
import { openTenant } from '../../support/local.ts';
import { guestOf } from '../../support/sdk.ts';

// Whole lives of sessions, lived by moving the tenant's clock alone: the machine's stands still, or runs as it does.

const control = { token: controlToken };
const day = 86_400;
const year = { sessions: { anonymous: { lifetime_in_minutes: 525_600 } } };

/** POST /_anon/clock over the network. */
function overHttp(url: string, doFetch: typeof fetch = fetch) {
  return async (change: object): Promise<ClockReading> => {
    const headers = { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' };
    const response = await doFetch(`${url}/_anon/clock`, { method: 'POST', headers, body: JSON.stringify(change) });
    expect(response.status).toBe(200);
    return (await response.json()) as ClockReading;
  };
}

describe('the year of a session in edition ea', () => {
  it('through handle: renewals, the countdown, the yearly cap', async () => {
    const tenant = await openTenant({ edition: 'ea', control, settings: year });
    const first = await tenant.session();
    expect(first.session_expires_in).toBe(365 * day);
    for (let month = 1; month <= 12; month += 1) {
      await moveClock(tenant.send, { advance: '30d' });
      const { status, body } = await tenant.anonymousToken({ session_token: first.session_token });
      expect([status, body.session_token]).toEqual([200, undefined]);
      expect(body.session_expires_in).toBe((365 - 30 * month) * day);
      expect(decodeJwt(body.access_token).sub).toBe(decodeJwt(first.access_token).sub);
    }
    await moveClock(tenant.send, { advance: '4d' });
    // A token never outlives its session.
    const last = await tenant.anonymousToken({ session_token: first.session_token });
    await moveClock(tenant.send, { advance: '86399s' });
    const end = await tenant.anonymousToken({ session_token: first.session_token });
    expect([last.body.session_expires_in, end.body.session_expires_in, end.body.expires_in]).toEqual([day, 1, 1]);
    await moveClock(tenant.send, { advance: '1s' });
    const ended = await tenant.anonymousToken({ session_token: first.session_token });
    expect([ended.status, ended.body.error]).toEqual([400, 'session_expired']);
    // The clock may be set back as well.
    await moveClock(tenant.send, { advance: '-1d' });
    expect((await tenant.anonymousToken({ session_token: first.session_token })).status).toBe(200);
  });

  it.each([
    [29, true],
    [30, false],
  ])('a ticket after %s seconds comes along: %s', async (seconds, comes) => {
    const tenant = await guestTenant({ edition: 'ea', control });
    const ticket = await tenant.ticket(await tenant.guest());
    await moveClock(tenant.send, { advance: `${seconds}s` });
    const [guest] = await guestsOf(tenant, { query: { anon_transfer_token: ticket } });
    expect(guest !== undefined).toBe(comes);
  });

  it('over HTTP, with the unmodified SDK', async () => {
    const tenant = await httpsTenant('ea', { control, settings: year });
    const move = overHttp(tenant.url, tenant.fetch);
    const { domain, fetch: customFetch } = tenant;
    const { anonymous } = new AuthClient({ domain, clientId: tenant.app.client_id, customFetch });
    const audience = tenant.api.identifier;
    const { sessionToken = '', accessToken } = await anonymous.createSession({ audience });
    for (const span of ['60d', '120d', '180d']) {
      await move({ advance: span });
      const renewed = await anonymous.getAccessToken({ audience, sessionToken });
      expect(guestOf(renewed.accessToken)).toBe(guestOf(accessToken));
      const { now } = await move({ advance: '0s' });
      expect(Number(decodeJwt(renewed.accessToken).iat)).toBeCloseTo(Date.parse(now) / 1000, -1);
    }
    await move({ advance: '6d' });
    const renewal = anonymous.getAccessToken({ audience, sessionToken });
    await expect(renewal).rejects.toMatchObject({ cause: { error: 'session_expired' } });
  });

  it('through the command line', async () => {
    const machine = await openMachine({ edition: 'ea' });
    await machine.done('tenant', 'set-lifetime', '1y');
    const { guest_id } = (await machine.done('token', 'create', '--json')).json;
    for (const left of [265, 165, 65]) {
      await machine.done('local', 'clock', '+100d');
      const renewed = (await machine.done('token', 'renew', '--json')).json;
      expect([renewed.guest_id, renewed.session_expires_in]).toEqual([guest_id, left * day]);
      expect((await machine.done('token', 'verify', '--json')).json.valid).toBe(true);
    }
    await machine.done('local', 'clock', '+65d');
    expect(await machine.run('token', 'renew')).toMatchObject({ code: 3 });
    expect((await machine.done('session', 'list', '--json')).json).toMatchObject([{ expired: true }]);
  });
});

describe('a session in edition preview', () => {
  it('is renewed with every update, and ends a lifetime after the last one', async () => {
    const tenant = await openTenant({ control });
    let { session_token } = await tenant.session({ metadata: { step: 0 } });
    const life = 30 * day;
    for (let step = 1; step <= 14; step += 1) {
      await moveClock(tenant.send, { advance: `${life - 1}s` });
      const { status, body } = await tenant.anonymousToken({ session_token, metadata: { step } });
      expect(status).toBe(200);
      session_token = body.session_token;
    }
    await moveClock(tenant.send, { advance: `${life}s` });
    const { body } = await tenant.anonymousToken({ session_token });
    expect(body.error).toBe('session_expired');
  });

  it('through the command line: metadata, countdown, end', async () => {
    const machine = await openMachine();
    await machine.done('tenant', 'set-lifetime', '7d');
    await machine.done('token', 'create');
    for (const language of ['en', 'de', 'fr']) {
      await machine.done('local', 'clock', '+6d');
      await machine.done('token', 'update', '--meta', `language=${language}`);
      const { metadata, session_expires_in } = (await machine.done('session', 'show', '--json')).json;
      expect([metadata, session_expires_in]).toEqual([{ language }, 7 * day]);
    }
    await machine.done('local', 'clock', '+7d');
    expect(await machine.run('token', 'update', '--meta', 'language=it')).toMatchObject({ code: 3 });
  });
});
