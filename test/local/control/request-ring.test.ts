import { expect, it } from 'vitest';
import { RequestRing, type RingEntry } from '../../../src/local/control/request-ring.ts';
import { requestsAnswer } from '../../../src/local/control/requests.ts';
import type { ServedRequest } from '../../../src/local/http/served-request.ts';
import { defaultLimit } from '../../../src/wire/recorded-request.ts';

const request: ServedRequest = { method: 'GET', path: '/', status: 200 };

function filled(count: number, size = 4): RequestRing {
  const ring = new RequestRing(undefined, size);
  for (let number = 1; number <= count; number += 1) ring.add({ ...request, path: `/${number}` }, 0, 0);
  return ring;
}

const never = new AbortController().signal;

async function answered(ring: RequestRing, query: { since?: number; limit?: number }) {
  const asked = { since: query.since, limit: query.limit ?? defaultLimit, waitSeconds: 0 };
  const answer = await requestsAnswer(ring, asked, { routeOf: () => undefined, unwanted: never });
  return answer && { ...answer, requests: answer.requests.map(({ path }) => path) };
}

it('remembers the last requests, and says how many of the wanted ones are lost', async () => {
  const ring = filled(10);
  expect(await answered(ring, {})).toEqual({ requests: ['/7', '/8', '/9', '/10'], next: 11 });
  expect(await answered(ring, { since: 3 })).toEqual({ requests: ['/7', '/8', '/9', '/10'], next: 11, lost: 4 });
  expect(await answered(ring, { since: 3, limit: 1 })).toEqual({ requests: ['/7'], next: 8, lost: 4 });
  expect(await answered(ring, { since: 7 })).toEqual({ requests: ['/7', '/8', '/9', '/10'], next: 11 });
  expect(await answered(ring, { since: 12 })).toBeUndefined();
});

it('remembers no more than its size after 100,000 requests', () => {
  const ring = new RequestRing();
  for (let number = 0; number < 100_000; number += 1) ring.add(request, 0, 0);
  expect([ring.first, ring.next]).toEqual([90_001, 100_001]);
  let remembered = 0;
  for (let seq = 1; seq < ring.next; seq += 1) if (ring.at(seq)) remembered += 1;
  expect(remembered).toBe(10_000);
});

it('limits the texts that clients and Actions choose', () => {
  const ring = filled(0);
  const long = 'x'.repeat(1_000_000);
  const line = { name: 'cart', level: 'log', text: long } as const;
  const empty = Array.from({ length: 100_000 }, () => ({ ...line, text: '' }));
  ring.add({ ...request, path: long, clientId: long, audience: long, scope: long, actions: [line, line] }, 0, 0);
  ring.add({ ...request, refusedOrigin: long, error: long, actions: empty }, 0, 0);
  for (const seq of [1, 2]) expect(JSON.stringify(ring.at(seq)).length).toBeLessThan(40_000);
});

it('has nobody waiting once each wait has ended, however it ended', async () => {
  const ring = filled(1);
  const gone = new AbortController();
  const wanted = ({ served }: RingEntry) => served.path === '/2';
  const waits = [
    ring.wait(wanted, 30_000, never),
    ring.wait(() => false, 30_000, gone.signal),
    ring.wait(() => false, 1, never),
    ring.wait(() => false, 30_000, AbortSignal.abort()),
  ];
  expect(ring.waiting).toBe(3);
  ring.add({ ...request, path: '/2' }, 0, 0);
  gone.abort();
  expect((await Promise.all(waits)).map((entry) => entry?.seq)).toEqual([2, undefined, undefined, undefined]);
  expect(ring.waiting).toBe(0);
});

it('forgets the promise of an explanation once it is known', async () => {
  const known = { gate: 'api', command: 'anon-cli api enable shop' } as const;
  const ring = new RequestRing(async () => known, 2);
  ring.add(request, 0, 0);
  await ring.at(1)?.explanation;
  expect(ring.at(1)?.explanation).toBe(known);
});

it('has the time and the explanation of each request, also where others had its place before', async () => {
  const explain = ({ path }: ServedRequest) =>
    path === '/2' ? undefined : Promise.resolve({ gate: 'api', command: `anon-cli api enable ${path}` } as const);
  const ring = new RequestRing(explain, 2);
  for (const number of [1, 2, 3, 4]) ring.add({ ...request, path: `/${number % 3}` }, 1000 * number, number);
  const seen = [1, 2, 3, 4].map((seq) => ring.at(seq));
  expect(seen.map((entry) => entry && [entry.served.path, entry.timeMs, entry.durationMs])).toEqual([
    undefined,
    undefined,
    ['/0', 3000, 3],
    ['/1', 4000, 4],
  ]);
  expect((await seen[2]?.explanation)?.command).toBe('anon-cli api enable /0');
  ring.add({ ...request, path: '/2' }, 0, 0);
  ring.add({ ...request, path: '/2' }, 0, 0);
  // Of the requests before, which are explained only now.
  await new Promise(setImmediate);
  expect([ring.at(5)?.explanation, ring.at(6)?.explanation, ring.at(7)]).toEqual([undefined, undefined, undefined]);
});

it('has no explanation for a request whose reason cannot be found', async () => {
  const ring = new RequestRing(() => Promise.reject(new Error('the tenant is gone')), 2);
  ring.add(request, 0, 0);
  expect(await ring.at(1)?.explanation).toBeUndefined();
});
