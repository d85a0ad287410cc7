import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exportState } from '../../../src/local/state/carried-state.ts';
import { createTenant } from '../../../src/local/tenant.ts';
import { parseInstant, parseSpan } from '../../../src/wire/tenant-clock.ts';
import { controlToken, moveClock, postClock } from '../../support/clock-control.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { claimsOf, openTenant, sender, sequenceOfBytes, testKeys, testTenant } from '../../support/local.ts';
import { sqliteStore } from '../../support/sqlite-store.ts';

const control = { token: controlToken };
const noon = '2026-06-01T12:00:00.000Z';

describe('POST /_anon/clock', () => {
  it('moves the clock, and the machine keeps its own', async () => {
    const { send, clock } = await testTenant({ control });
    expect(await moveClock(send, { advance: '31d' })).toEqual({
      now: '2026-07-02T12:00:00.000Z',
      machine_now: noon,
      offset_seconds: 31 * 86_400,
      frozen: false,
    });
    clock.forward(90);
    expect(await moveClock(send, { advance: '-2h' })).toMatchObject({
      now: '2026-07-02T10:01:30.000Z',
      offset_seconds: 31 * 86_400 - 7200,
    });
    expect(await moveClock(send, { set: '2027-01-01T00:00Z' })).toMatchObject({ now: '2027-01-01T00:00:00.000Z' });
    clock.forward(5);
    expect((await send('GET', '/_anon/clock', { headers: { authorization: `Bearer ${controlToken}` } })).body).toEqual({
      now: '2027-01-01T00:00:05.000Z',
      machine_now: '2026-06-01T12:01:35.000Z',
      offset_seconds: 18_446_310,
      frozen: false,
    });
    expect(await moveClock(send, { reset: true })).toEqual({
      now: '2026-06-01T12:01:35.000Z',
      machine_now: '2026-06-01T12:01:35.000Z',
      offset_seconds: 0,
      frozen: false,
    });
  });

  it('stops it, moves it while it stands, and lets it go on from there', async () => {
    const { send, clock } = await testTenant({ control });
    clock.forward(0.7);
    expect(await moveClock(send, { freeze: true })).toMatchObject({ now: noon, frozen: true });
    clock.forward(100);
    expect(await moveClock(send, { advance: '1m' })).toMatchObject({ now: '2026-06-01T12:01:00.000Z', frozen: true });
    expect(await moveClock(send, { set: '2030-05-05' })).toMatchObject({
      now: '2030-05-05T00:00:00.000Z',
      frozen: true,
    });
    expect(await moveClock(send, { freeze: '2031-01-01T01:00+01:00' })).toMatchObject({
      now: '2031-01-01T00:00:00.000Z',
      frozen: true,
    });
    expect(await moveClock(send, { run: true })).toMatchObject({ now: '2031-01-01T00:00:00.000Z', frozen: false });
    clock.forward(10);
    expect(await moveClock(send, { run: true })).toMatchObject({ now: '2031-01-01T00:00:10.000Z', frozen: false });
  });

  it("leaves no document where the clock is the machine's", async () => {
    const { send, store } = await testTenant({ control });
    await moveClock(send, { advance: '1d' });
    expect(await store.get('tenant', 'clock')).toBeDefined();
    await moveClock(send, { advance: '-1d' });
    expect(await store.get('tenant', 'clock')).toBeUndefined();
    await moveClock(send, { run: true });
    await moveClock(send, { reset: true });
    expect(await store.get('tenant', 'clock')).toBeUndefined();
  });

  const members = 'The body must have exactly one of the members advance, set, freeze, run and reset.';
  const span = 'advance must be a span such as 31d or -2h, in s, m, h, d or y (365 days).';
  const date = 'a date such as 2027-01-01, or with a time and its zone: 2027-01-01T00:00Z';
  const years = "The tenant's clock must stay in the years 1970 to 9999.";

  it.each([
    [{}, members],
    [{ advance: '1d', run: true }, members],
    [{ forward: '1d' }, members],
    [{ __proto__: { advance: '1d' }, constructor: 1 }, members],
    [{ advance: 86_400 }, span],
    [{ advance: '' }, span],
    [{ advance: '1.5h' }, span],
    [{ advance: '1w' }, span],
    [{ advance: '--1d' }, span],
    [{ advance: '1d2h' }, span],
    [{ advance: '9999999999999s' }, span],
    [{ set: 1_798_761_600 }, `set must be ${date}.`],
    [{ set: '2027-01-01T00:00' }, `set must be ${date}.`],
    [{ set: '2027-02-29' }, `set must be ${date}.`],
    [{ set: '2027-13-01' }, `set must be ${date}.`],
    [{ set: '2027-01-01T24:00Z' }, `set must be ${date}.`],
    [{ set: '27-01-01' }, `set must be ${date}.`],
    [{ set: '12027-01-01' }, `set must be ${date}.`],
    [{ set: 'tomorrow' }, `set must be ${date}.`],
    [{ freeze: false }, `freeze must be true, or ${date}.`],
    [{ freeze: 'now' }, `freeze must be true, or ${date}.`],
    [{ run: 'yes' }, 'run must be true.'],
    [{ reset: false }, 'reset must be true.'],
    [{ set: '1969-12-31T23:59:59Z' }, years],
    [{ set: '0050-01-01' }, years],
    [{ advance: '-57y' }, years],
    [{ advance: '8000y' }, years],
    [{ freeze: '9999-12-31T23:59:59-01:00' }, years],
  ])('refuses %j', async (change, description) => {
    const { send, store } = await testTenant({ control });
    const { status, body } = await postClock(send, change);
    expect([status, body]).toEqual([400, { error: 'invalid_request', error_description: description }]);
    expect(await store.get('tenant', 'clock')).toBeUndefined();
  });

  it.each([
    ['{', 400, 'The body is not valid JSON.'],
    ['[]', 400, 'The body must be a JSON object.'],
  ])('refuses the body %s', async (text, status, error_description) => {
    const { send } = await testTenant({ control });
    const headers = { authorization: `Bearer ${controlToken}` };
    const answer = await send('POST', '/_anon/clock', { text, headers });
    expect([answer.status, answer.body]).toEqual([status, { error: 'invalid_request', error_description }]);
  });
});

describe("the tenant's clock", () => {
  it('is in the Date header and in every token', async () => {
    const { send, session } = await openTenant({ control });
    await moveClock(send, { freeze: '2028-02-29T12:00Z' });
    const answer = await send('GET', '/.well-known/jwks.json');
    expect(answer.headers.get('date')).toBe('Tue, 29 Feb 2028 12:00:00 GMT');
    const { iat, exp } = claimsOf((await session()).access_token) as { iat: number; exp: number };
    expect(iat).toBe(Date.UTC(2028, 1, 29, 12) / 1000);
    expect(exp).toBeGreaterThan(iat);
  });

  it('is in the headers of the rate limit, while the limit itself follows the machine', async () => {
    const rateLimit = { burst: 1, perSecond: 0.1 };
    const { send, clock, anonymousToken } = await openTenant({ control, rateLimit });
    await moveClock(send, { freeze: '2028-02-29T12:00Z' });
    const status = async () => (await anonymousToken()).status;
    const first = await anonymousToken();
    expect(first.headers.get('x-ratelimit-reset')).toBe(String(Date.UTC(2028, 1, 29, 12) / 1000 + 10));
    expect(await status()).toBe(429);
    clock.forward(10);
    expect(await status()).toBe(200);
  });

  it('is the same for another process with the same state', async () => {
    const path = join(temporaryFolder(), 'state.db');
    const [store, same] = [await sqliteStore(path), await sqliteStore(path)];
    onTestFinished(() => Promise.all([store.close(), same.close()]).then(() => {}));
    const { send, clock } = await testTenant({ control, store });
    const other = createTenant({ store: same, clock, random: sequenceOfBytes('other'), keys: async () => testKeys });
    const dateOf = async () => (await sender(other)('GET', '/.well-known/jwks.json')).headers.get('date');
    expect(await dateOf()).toBe('Mon, 01 Jun 2026 12:00:00 GMT');
    await moveClock(send, { set: '2027-01-01' });
    expect(await dateOf()).toBe('Fri, 01 Jan 2027 00:00:00 GMT');
    expect(other.now()).toBe(Date.UTC(2027, 0, 1));
    await moveClock(send, { reset: true });
    expect(await dateOf()).toBe('Mon, 01 Jun 2026 12:00:00 GMT');
  });

  it('is in no export', async () => {
    const { send, store } = await testTenant({ control });
    const before = await exportState(store);
    await moveClock(send, { set: '2027-01-01' });
    expect(await exportState(store)).toEqual(before);
  });
});

describe('what the clock reads', () => {
  it.each([
    ['31d', 31 * 86_400],
    ['+31d', 31 * 86_400],
    ['-2h', -7200],
    ['90', 90],
    ['1y', 31_536_000],
    ['5m', 300],
    ['d', undefined],
    ['+ 1d', undefined],
  ])('%s is %s seconds', (text, seconds) => {
    expect(parseSpan(text)).toBe(seconds);
  });

  it.each([
    ['2027-01-01', '2027-01-01T00:00:00.000Z'],
    ['2027-01-01T00:00Z', '2027-01-01T00:00:00.000Z'],
    ['2027-01-01 12:30:15Z', '2027-01-01T12:30:15.000Z'],
    ['2027-01-01T12:30:15.5z', '2027-01-01T12:30:15.500Z'],
    ['2027-01-01T00:00+02:00', '2026-12-31T22:00:00.000Z'],
    ['2027-01-01T00:00-02:30', '2027-01-01T02:30:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['2027-00-10', undefined],
    ['2027-04-31', undefined],
    ['2027-01-01T12:60Z', undefined],
    ['2027-01-01T12:00:60Z', undefined],
    ['2027-01-01T12:00+24:00', undefined],
    ['2027-01-01Z', undefined],
    ['2027-1-1', undefined],
  ])('%s is %s', (text, iso) => {
    const ms = parseInstant(text);
    expect(ms === undefined ? undefined : new Date(ms).toISOString()).toBe(iso);
  });
});
