import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { managementRequest } from '../../../src/domain/exchange/management/request.ts';
import { send } from '../../../src/domain/exchange/send.ts';
import { clockDifference, tenantTime } from '../../../src/domain/exchange/tenant-time.ts';
import { tenantSettings, tenantSettingsPath } from '../../../src/wire/tenant-settings.ts';
import { failureOf, json, noon, scriptedConnection, secretAccess, steppingClock } from '../../support/domain.ts';
import { ec, part } from '../../support/tokens.ts';

const httpDate = (ms: number) => new Date(ms).toUTCString();
const hours = 3_600_000;
const headers = (members: Record<string, string>) => new Headers(members);

/** What one answer says of the tenant's clock, to a request that took `tookMs`. */
function learnt(members: Record<string, string>, tookMs = 0) {
  const time = tenantTime(steppingClock());
  time.learn(headers(members), noon - tookMs);
  return time;
}

describe('the time of a tenant', () => {
  it.each([
    ['behind', 2 * hours],
    ['ahead', -2 * hours],
    ['a month behind', 30 * 24 * hours],
  ])('comes from the Date of its answers: %s', (_, offsetMs) => {
    const time = learnt({ date: httpDate(noon + offsetMs) });
    expect(Math.abs((time.offsetMs() ?? 0) - offsetMs)).toBeLessThanOrEqual(1000);
    expect(Math.abs(time.now() - noon - offsetMs)).toBeLessThanOrEqual(1000);
  });

  it.each([
    ['the same second', 0, 0],
    ['a second that began before', -999, 0],
    ['an answer that was made late on its way', 0, 26_000],
    ['an answer that was made early on its way', -25_000, 26_000],
  ])('is this machine’s if latency explains the difference: %s', (_, offsetMs, tookMs) => {
    expect(learnt({ date: httpDate(noon + offsetMs) }, Math.abs(tookMs)).offsetMs()).toBe(0);
  });

  it.each([
    ['no Date', {}],
    ['one that is no date', { date: 'yesterday' }],
    ['one in another form', { date: '2026-06-01T14:00:00Z' }],
    ['an empty one', { date: '' }],
    ['one of 1970', { date: httpDate(0) }],
    ['one of 2099', { date: httpDate(Date.UTC(2099, 0, 1)) }],
    ['one that cannot be', { date: 'Mon, 99 Jun 2026 99:99:99 GMT' }],
    ['one out of a cache', { date: httpDate(noon - 2 * hours), age: '7200' }],
  ])('is unknown with %s', (_, members) => {
    const time = learnt(members);
    expect(time.offsetMs()).toBeUndefined();
    expect(time.now()).toBe(noon);
  });

  it('is not measured with a clock that was set back in the meantime', () => {
    expect(learnt({ date: httpDate(noon + hours) }, -1000).offsetMs()).toBeUndefined();
  });

  it.each([
    ['behind', 2 * hours],
    ['ahead', -2 * hours],
  ])('is never before what the tenant issued in the same second: %s', (_, offsetMs) => {
    for (const fraction of [0, 1, 400, 999]) {
      const time = tenantTime({ now: () => noon });
      // Its clock shows a fraction of a second more than it writes.
      const tenantsMs = noon + offsetMs + fraction;
      time.learn(headers({ date: httpDate(tenantsMs) }), noon - 40);
      expect(time.now()).toBeGreaterThanOrEqual(tenantsMs);
      expect(time.now() - tenantsMs).toBeLessThanOrEqual(1040);
    }
  });

  it('follows this machine’s clock when that is corrected', () => {
    let now = noon;
    const time = tenantTime({ now: () => now });
    time.learn(headers({ date: httpDate(noon + 2 * hours) }), noon);
    now = noon + 2 * hours;
    time.learn(headers({ date: httpDate(now) }), now);
    expect(time.offsetMs()).toBe(0);
  });

  it('may be any time where the tenant is on this machine', () => {
    const far = headers({ date: httpDate(noon + 1000 * 24 * hours) });
    const [elsewhere, here] = [
      tenantTime({ now: () => noon }),
      tenantTime({ now: () => noon }, { mayHaveAnyTime: true }),
    ];
    for (const time of [elsewhere, here]) time.learn(far, noon);
    expect([elsewhere.offsetMs(), here.offsetMs()]).toEqual([undefined, 1000 * 24 * hours]);
  });

  it.each([
    [45_000, "your clock is 45 s behind acme.example's"],
    [20 * 60_000, "your clock is 20 min behind acme.example's"],
    [2 * hours, "your clock is 2 h behind acme.example's"],
    [-90 * 60_000, "your clock is 1 h 30 min ahead of acme.example's"],
    [72 * hours, "your clock is 3 days behind acme.example's"],
    [29_000, undefined],
    [-29_000, undefined],
  ])('is reported if the difference matters: %i ms', (offsetMs, words) => {
    const time = { ...tenantTime(steppingClock()), offsetMs: () => offsetMs };
    expect(clockDifference({ time, issuer: 'https://acme.example/' })).toBe(words);
  });
});

describe.each([
  ['behind', 2 * hours],
  ['ahead of', -2 * hours],
])('with a clock that is 2 h %s the tenant’s', (direction, offsetMs) => {
  const date = httpDate(noon + offsetMs);
  const settings = { method: 'GET', path: tenantSettingsPath } as const;

  it.each([
    ['the reset of a rate limit', { 'x-ratelimit-reset': String((noon + offsetMs) / 1000 + 12) }],
    ['a Retry-After date', { 'retry-after': httpDate(noon + offsetMs + 12_000) }],
  ])('%s waits until then', async (_, members) => {
    const limited = json({}, 429, { date, ...members });
    const tenant = scriptedConnection([limited, json({ ok: true }, 200, { date })]);
    await send(tenant, { method: 'GET', path: '/things' });
    expect(tenant.clock.waits).toEqual([12_000]);
  });

  const privateKey = (answers: Parameters<typeof scriptedConnection>[0]) =>
    scriptedConnection(answers, {
      management: secretAccess('tool', String(ec.privateKey.export({ type: 'pkcs8', format: 'pem' })), {
        credentials: { kind: 'private_key', clientId: 'tool', alg: 'ES256' },
      }),
    });

  it('a refused assertion is signed again with the tenant’s time, which is reported', async () => {
    const signed: { iat: number; jti: unknown }[] = [];
    const judge = ({ body = '' }: { body?: string | undefined }) => {
      const { iat = 0, jti } = decodeJwt(JSON.parse(body).client_assertion);
      signed.push({ iat, jti });
      if (Math.abs(iat - (noon + offsetMs) / 1000) > 10) {
        return json({ error: 'invalid_client', error_description: 'iat in the future' }, 401, { date })();
      }
      return json({ access_token: 'new', token_type: 'Bearer', expires_in: 60 }, 200, { date })();
    };
    const tenant = privateKey([judge, judge, json({ friendly_name: 'Acme' }, 200, { date })]);
    expect(await managementRequest(tenant, tenantSettings, settings)).toEqual({ friendly_name: 'Acme' });
    expect(signed).toHaveLength(2);
    expect(signed[0]?.jti).not.toBe(signed[1]?.jti);
    expect(tenant.warnings).toEqual([
      `Your clock is 2 h ${direction} acme.example's; client assertions use the tenant's clock.`,
    ]);
  });

  it("a second refusal names the clock, next to the service's words", async () => {
    const refused = json({ error: 'invalid_client', error_description: 'iat in the future' }, 401, { date });
    const tenant = privateKey([refused, refused]);
    const { message } = await failureOf(() => managementRequest(tenant, tenantSettings, settings));
    expect(message).toContain(' The tenant reported: "iat in the future"');
    expect(message).toContain(` Your clock is 2 h ${direction} acme.example's.`);
  });

  it('a ready access token is compared with the tenant’s clock', async () => {
    const ready = (exp: number, answers: Parameters<typeof scriptedConnection>[0]) =>
      scriptedConnection(answers, {
        management: secretAccess('', `${part({ alg: 'RS256' })}.${part({ exp })}.${part('signature')}`, {
          credentials: { kind: 'access_token' },
        }),
      });
    const tenants = (noon + offsetMs) / 1000;
    const discovery = json({ issuer: 'https://acme.example/' }, 200, { date });
    const good = ready(tenants + 600, [
      ...(offsetMs < 0 ? [discovery] : []),
      json({ friendly_name: 'Acme' }, 200, { date }),
    ]);
    expect(await managementRequest(good, tenantSettings, settings)).toEqual({ friendly_name: 'Acme' });
    const expired = ready(Math.min(tenants, noon / 1000) - 600, [discovery]);
    expect(await failureOf(() => managementRequest(expired, tenantSettings, settings))).toMatchObject({
      message: "The access token of profile 'acme' has expired.",
    });
  });
});

it('an assertion that is refused for another reason is not retried', async () => {
  const refused = json({ error: 'invalid_client', error_description: 'Unknown key' }, 401, { date: httpDate(noon) });
  const tenant = scriptedConnection([refused], {
    management: secretAccess('tool', String(ec.privateKey.export({ type: 'pkcs8', format: 'pem' })), {
      credentials: { kind: 'private_key', clientId: 'tool', alg: 'ES256' },
    }),
  });
  const settings = { method: 'GET', path: tenantSettingsPath } as const;
  const { message } = await failureOf(() => managementRequest(tenant, tenantSettings, settings));
  expect(message).not.toContain('clock');
  expect(tenant.sent).toHaveLength(1);
});
