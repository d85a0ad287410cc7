import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MemoryServer, serveMemory } from '../../../src/io/embedded/memory-server.ts';
import type { TenantClock } from '../../../src/library/local/clock.ts';
import { startClock, tenantClock } from '../../../src/library/local/controls.ts';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import { failureOf, noon } from '../../support/domain.ts';
import { anonymousToken, managementToken, sendJson } from '../../support/library-tenant.ts';

const hour = 3_600_000;

/** A machine whose time the tests move, and a tenant on it. */
const machine = { ms: noon };
let server: MemoryServer;
let clock: TenantClock;
beforeAll(async () => {
  server = await serveMemory({
    ...{
      clock: () => machine.ms,
      edition: undefined,
      port: undefined,
      https: false,
      autoLogin: undefined,
      onServed() {},
    },
  });
  clock = tenantClock(server.tenant);
});
beforeEach(async () => {
  machine.ms = noon;
  await clock.reset();
});
afterAll(() => server.close());

describe('the clock of a local tenant', () => {
  it('goes with the machine, and on from where it was moved', async () => {
    expect(clock.now()).toEqual(new Date(noon));
    expect(await clock.advance('31d')).toEqual(new Date(noon + 31 * 24 * hour));
    machine.ms += hour;
    expect(clock.now()).toEqual(new Date(noon + (31 * 24 + 1) * hour));
    expect(await clock.advance(-60)).toEqual(new Date(noon + (31 * 24 + 1) * hour - 60_000));
    expect(await clock.reset()).toEqual(new Date(noon + hour));
  });

  it('stands still until it is moved or goes on', async () => {
    await startClock(clock, { now: '2027-01-01T00:00Z', frozen: true });
    const newYear = Date.UTC(2027, 0, 1);
    machine.ms += hour;
    expect(clock.now()).toEqual(new Date(newYear));
    expect(await clock.advance('+2h')).toEqual(new Date(newYear + 2 * hour));
    expect(await clock.set(new Date(newYear))).toEqual(new Date(newYear));
    machine.ms += hour;
    expect(await clock.run()).toEqual(new Date(newYear));
    machine.ms += hour;
    expect(clock.now()).toEqual(new Date(newYear + hour));
    expect(await clock.freeze('2028-01-01')).toEqual(new Date(Date.UTC(2028, 0, 1)));
    machine.ms += hour;
    expect(clock.now()).toEqual(new Date(Date.UTC(2028, 0, 1)));
  });

  it.each(['tomorrow', '2027-01-01T00:00', '2027-13-01', '', new Date(Number.NaN), 5, null])(
    'refuses %j as a time, and stays',
    async (wrong) => {
      expect(await failureOf(() => clock.set(wrong as string))).toMatchObject({ code: 'usage' });
      expect(clock.now()).toEqual(new Date(noon));
    },
  );

  it.each(['soon', '1w', '', Number.NaN, undefined, '9000y', '-60y'])(
    'refuses %j as a duration, and stays',
    async (wrong) => {
      expect(await failureOf(() => clock.advance(wrong as string))).toMatchObject({ code: 'usage' });
      expect(clock.now()).toEqual(new Date(noon));
    },
  );
});

describe('sessions, lived with a moved clock', () => {
  const day = 86_400;

  it('a year of edition ea: renewals, the countdown, and the end', async () => {
    const tenant = await startLocalTenant({ edition: 'ea', listen: false, clock: { now: '2027-01-01', frozen: true } });
    const sessions = { anonymous: { lifetime_in_minutes: 525_600 } };
    const access = { method: 'PATCH', token: await managementToken(tenant) };
    await sendJson(tenant, '/api/v2/tenants/settings', { sessions }, access);
    const { sessionToken: session_token, sessionExpiresInSeconds } = await tenant.createGuest();
    expect(sessionExpiresInSeconds).toBe(365 * day);
    for (let month = 1; month <= 12; month += 1) {
      const now = await tenant.clock.advance('30d');
      const { status, date, body } = await anonymousToken(tenant, { session_token });
      expect({ status, date }).toEqual({ status: 200, date: now.toUTCString() });
      expect(body.session_expires_in).toBe((365 - 30 * month) * day);
    }
    await tenant.clock.advance('5d');
    expect((await anonymousToken(tenant, { session_token })).body).toMatchObject({ error: 'session_expired' });
    await tenant.stop();
  });

  it('updates of edition preview, each with a full lifetime again', async () => {
    const tenant = await startLocalTenant({ listen: false, clock: { now: '2027-01-01', frozen: true } });
    let { sessionToken: session_token } = await tenant.createGuest({ metadata: { visits: 1 } });
    for (let visits = 2; visits <= 12; visits += 1) {
      await tenant.clock.advance('29d');
      const { status, body } = await anonymousToken(tenant, { session_token, metadata: { visits } });
      expect(status).toBe(200);
      session_token = String(body.session_token);
    }
    await tenant.clock.advance('30d');
    expect((await anonymousToken(tenant, { session_token })).body).toMatchObject({ error: 'session_expired' });
    await tenant.stop();
  });
});
