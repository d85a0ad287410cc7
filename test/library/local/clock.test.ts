import { describe, expect, it } from 'vitest';
import { movableClock } from '../../../src/library/local/clock.ts';
import { startLocalTenant } from '../../../src/library/local/start.ts';
import { failureOf, noon } from '../../support/domain.ts';

const hour = 3_600_000;

/** A machine whose time the test moves. */
function machine() {
  const time = { ms: noon };
  return { time, now: () => time.ms };
}

describe('the clock of a local tenant', () => {
  it('goes with the machine, and on from where it was moved', async () => {
    const { time, now } = machine();
    const { clock } = movableClock(now);
    expect(clock.now()).toEqual(new Date(noon));
    expect(await clock.advance('31d')).toEqual(new Date(noon + 31 * 24 * hour));
    time.ms += hour;
    expect(clock.now()).toEqual(new Date(noon + (31 * 24 + 1) * hour));
    expect(await clock.advance(-60)).toEqual(new Date(noon + (31 * 24 + 1) * hour - 60_000));
    expect(await clock.reset()).toEqual(new Date(noon + hour));
  });

  it('stands still until it is moved or goes on', async () => {
    const { time, now } = machine();
    const { clock } = movableClock(now, { now: '2027-01-01T00:00Z', frozen: true });
    const newYear = Date.UTC(2027, 0, 1);
    time.ms += hour;
    expect([clock.now(), clock.frozen]).toEqual([new Date(newYear), true]);
    expect(await clock.advance('+2h')).toEqual(new Date(newYear + 2 * hour));
    expect(await clock.set(new Date(newYear))).toEqual(new Date(newYear));
    time.ms += hour;
    expect(await clock.run()).toEqual(new Date(newYear));
    time.ms += hour;
    expect([clock.now(), clock.frozen]).toEqual([new Date(newYear + hour), false]);
    expect(await clock.freeze('2028-01-01')).toEqual(new Date(Date.UTC(2028, 0, 1)));
    time.ms += hour;
    expect(clock.now()).toEqual(new Date(Date.UTC(2028, 0, 1)));
  });

  it.each(['tomorrow', '2027-01-01T00:00', '2027-13-01', '', new Date(Number.NaN), 5, null])(
    'refuses %j as a time, and stays',
    async (wrong) => {
      const { clock } = movableClock(machine().now);
      expect(await failureOf(() => clock.set(wrong as string))).toMatchObject({ code: 'usage' });
      expect(clock.now()).toEqual(new Date(noon));
    },
  );

  it.each(['soon', '1w', '', Number.NaN, undefined, '9000y', '-60y'])(
    'refuses %j as a duration, and stays',
    async (wrong) => {
      const { clock } = movableClock(machine().now);
      expect(await failureOf(() => clock.advance(wrong as string))).toMatchObject({ code: 'usage' });
      expect(clock.now()).toEqual(new Date(noon));
    },
  );
});

describe('a session of edition ea, lived with a moved clock', () => {
  it('counts down, is renewed for 30 days, and expires', async () => {
    const tenant = await startLocalTenant({ edition: 'ea', listen: false });
    const { sessionToken, sessionExpiresInSeconds } = await tenant.createGuest();
    expect(sessionExpiresInSeconds).toBe(30 * 86_400);
    const renewal = async () => {
      const members = { client_id: tenant.clientId, audience: tenant.audience, session_token: sessionToken };
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(members);
      const answer = await tenant.fetch('/anonymous/token', { method: 'POST', headers, body });
      return { date: answer.headers.get('date'), ...((await answer.json()) as object) };
    };
    await tenant.clock.freeze();
    const start = tenant.clock.now();
    await tenant.clock.advance('29d');
    const after = new Date(start.getTime() + 29 * 86_400_000);
    const left = (await renewal()) as { session_expires_in: number; date: string };
    expect(left.session_expires_in).toBeGreaterThan(86_400 - 5);
    expect(left.session_expires_in).toBeLessThanOrEqual(86_400);
    expect(left.date).toBe(after.toUTCString());
    await tenant.clock.advance('1d');
    expect(await renewal()).toMatchObject({ error: 'session_expired' });
    await tenant.stop();
  });
});
