import { describe, expect, it } from 'vitest';
import type { HttpAnswer } from '../../../../src/domain/exchange/http.ts';
import type { Pause } from '../../../../src/domain/exchange/retry.ts';
import { explainRefusal } from '../../../../src/domain/gates/explain-refusal.ts';
import { createMany, type NumberedGuest } from '../../../../src/domain/session/bulk/create-many.ts';
import { UnreachableError } from '../../../../src/errors.ts';
import { json, scriptedConnection, type TestConnection } from '../../../support/domain.ts';

const request = {
  app: { clientId: 'web', name: 'web', clientSecret: undefined },
  api: { audience: 'https://api.shop.example', name: 'shop' },
  scope: undefined,
};

const made = json({ session_token: 's', access_token: 'a', token_type: 'Bearer', expires_in: 60 });
const limited = (seconds: number) => json({ error: 'too_many_requests' }, 429, { 'retry-after': String(seconds) });
const closed = json({ error: 'unauthorized_client', error_description: 'no' }, 403);
const failed = json({ error: 'server_error', error_description: 'no' }, 500);
const broken = () => {
  throw new UnreachableError('The connection was closed.', { sent: true, broken: true });
};

function* numbers(count: number): Generator<NumberedGuest> {
  for (let n = 1; n <= count; n += 1) yield { n, metadata: { n } };
}

/** A tenant that answers the request number `nth` (from 0) with what `answer` says, else with tokens. */
function tenantOf(answer: (nth: number, body: string) => (() => HttpAnswer) | undefined, maxWaitMs = 60_000) {
  let asked = 0;
  const bodies: string[] = [];
  const tenant: TestConnection = scriptedConnection([], {
    maxWaitMs,
    async fetch(_, { body = '' }) {
      const nth = asked;
      asked += 1;
      bodies.push(body);
      await new Promise(setImmediate);
      return (answer(nth, body) ?? made)();
    },
  });
  return { tenant, bodies };
}

async function run(
  tenant: TestConnection,
  count: number,
  more: Partial<Parameters<typeof createMany>[2]> = {},
): Promise<{ tally: Awaited<ReturnType<typeof createMany>>; written: number[] }> {
  const written: number[] = [];
  const tally = await createMany(tenant, request, {
    guests: numbers(count),
    concurrency: 4,
    signal: new AbortController().signal,
    explain: explainRefusal,
    async write(n) {
      written.push(n);
      return true;
    },
    ...more,
  });
  return { tally, written: written.sort((a, b) => a - b) };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('many guests', () => {
  it('are each created once, with their own metadata', async () => {
    const { tenant, bodies } = tenantOf(() => undefined);
    const { tally, written } = await run(tenant, 50);
    expect(tally).toEqual({ created: 50, failed: 0, lost: 0, unread: false, failure: undefined });
    expect(written).toEqual(upTo(50));
    expect(bodies.map((body) => JSON.parse(body).metadata.n).sort((a, b) => a - b)).toEqual(upTo(50));
  });

  it('are limited in concurrency, including those not yet written', async () => {
    const { tenant } = tenantOf(() => undefined);
    let taken = 0;
    let most = 0;
    let written = 0;
    await run(tenant, 40, {
      guests: (function* () {
        for (const guest of numbers(40)) {
          taken += 1;
          most = Math.max(most, taken - written);
          yield guest;
        }
      })(),
      async write() {
        // Who writes is slower by far than the tenant.
        for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
        written += 1;
        return true;
      },
    });
    expect([most, written]).toEqual([4, 40]);
  });

  it('stop if the reader stops', async () => {
    const { tenant, bodies } = tenantOf(() => undefined);
    const { tally } = await run(tenant, 1000, { write: async () => false });
    expect(tally).toMatchObject({ created: 0, unread: true });
    expect(bodies.length).toBeLessThanOrEqual(4);
  });

  it('wait together for a rate limit, once, as long as the tenant asks', async () => {
    // Four are under way: two are refused, and told different times.
    const { tenant, bodies } = tenantOf((nth) => (nth === 1 ? limited(2) : nth === 2 ? limited(5) : undefined));
    const waits: { ms: number; sentBefore: number; sentMeanwhile: number }[] = [];
    const wait = async (pause: Pause) => {
      const sentBefore = bodies.length;
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
      waits.push({ ms: pause.ms, sentBefore, sentMeanwhile: bodies.length - sentBefore });
      await tenant.clock.wait(pause.ms);
    };
    const slow: TestConnection = { ...tenant, retry: { ...tenant.retry, wait } };
    const { tally, written } = await run(slow, 30);
    expect(written).toEqual(upTo(30));
    expect(tally).toMatchObject({ created: 30, lost: 0 });
    expect(waits.map(({ ms }) => ms)).toEqual([2000, 3000]);
    // Who was first has its answer and asks on before anybody knows.
    expect(waits[0]?.sentBefore).toBeLessThanOrEqual(5);
    expect(waits.map(({ sentMeanwhile }) => sentMeanwhile)).toEqual([0, 0]);
  });

  it('go on after a rate limit of a tenant whose clock stands still', async () => {
    const { tenant } = tenantOf((nth) => (nth === 1 ? limited(2) : undefined));
    const { clock: machine, retry } = tenant;
    const clock = { ...machine, now: () => 0 };
    const frozen: TestConnection = { ...tenant, clock, retry: { ...retry, now: () => machine.now() } };
    const { tally } = await run(frozen, 10);
    expect(tally).toMatchObject({ created: 10, lost: 0 });
  });

  it('continue as long as some succeed despite a rate limit', async () => {
    // The first guest is refused for longer than anybody waits at once.
    const { tenant } = tenantOf((nth, body) => (body.includes('"n":1}') && nth < 40 ? limited(30) : undefined));
    const { tally, written } = await run(tenant, 60);
    expect(tally).toMatchObject({ created: 60, failure: undefined });
    expect(written).toEqual(upTo(60));
  });

  it('end if a rate limit lets none through', async () => {
    const { tenant } = tenantOf((nth) => (nth < 8 ? undefined : limited(30)));
    const { tally } = await run(tenant, 60);
    expect(tally).toMatchObject({ created: 8, failure: { code: 'rate_limited' } });
  });

  it('are requested again if an answer is lost, with the same number', async () => {
    const { tenant } = tenantOf((nth) => (nth % 5 === 1 ? broken : nth % 7 === 1 ? failed : undefined));
    const { tally, written } = await run(tenant, 100);
    expect(written).toEqual(upTo(100));
    expect(tally.created).toBe(100);
    expect(tally.lost).toBeGreaterThan(20);
  });

  it('end after one is lost four times', async () => {
    const { tenant, bodies } = tenantOf((_, body) => (body.includes('"n":3}') ? failed : undefined));
    const { tally } = await run(tenant, 100_000);
    expect(tally).toMatchObject({ lost: 4, failure: { code: 'server_error' } });
    expect(bodies.filter((body) => body.includes('"n":3}'))).toHaveLength(4);
  });

  it('end at the first permanent refusal, which is explained once', async () => {
    const { tenant, bodies } = tenantOf((nth) => (nth >= 10 ? closed : undefined));
    const { tally, written } = await run(tenant, 1000);
    expect(written).toHaveLength(10);
    expect(tally).toMatchObject({ created: 10, lost: 0, failure: { code: 'gate_closed', gate: 'application' } });
    expect(bodies.filter((body) => body.includes('metadata')).length).toBeLessThanOrEqual(14);
  });

  it('are finished after Ctrl-C, and no new ones start', async () => {
    const controller = new AbortController();
    const { tenant, bodies } = tenantOf((nth) => {
      if (nth === 10) controller.abort();
      return undefined;
    });
    const { tally, written } = await run(tenant, 1000, { signal: controller.signal });
    expect(tally).toMatchObject({ lost: 0, failure: undefined });
    expect(tally.created).toBe(bodies.length);
    expect(written).toEqual(upTo(bodies.length));
    expect(bodies.length).toBeLessThan(20);
  });

  it('that were lost at Ctrl-C are counted, but are not a failure', async () => {
    const controller = new AbortController();
    const { tenant } = tenantOf((nth) => {
      if (nth === 10) controller.abort();
      return nth >= 10 ? broken : undefined;
    });
    const { tally } = await run(tenant, 1000, { signal: controller.signal });
    expect(tally).toMatchObject({ created: 10, failure: undefined });
    expect(tally.lost).toBeGreaterThan(0);
  });

  it('end with what reading or writing them throws', async () => {
    const { tenant } = tenantOf(() => undefined);
    const write = async () => {
      throw new TypeError('a defect');
    };
    await expect(run(tenant, 10, { write })).rejects.toThrow('a defect');
  });
});
