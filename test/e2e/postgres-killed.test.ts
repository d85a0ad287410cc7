import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { newHome } from '../support/bin.ts';
import { type End, type Fleet, newFleet, type Place } from '../support/fleet.ts';
import { type LoadClient, loadClient, mostWaitMs } from '../support/load-client.ts';
import { type LoadedTenant, loadedTenant, printed } from '../support/loaded-tenant.ts';
import { type MixedLoad, startMixedLoad } from '../support/mixed-load.ts';
import type { PostgresServer } from '../support/postgres.ts';
import { ownPostgres } from '../support/test-postgres.ts';

const minutes = 60_000;

interface Scene {
  readonly postgres: PostgresServer;
  readonly places: readonly [Place, Place];
  readonly fleet: Fleet;
  readonly client: LoadClient;
}

/** A PostgreSQL server with a tenant, and two machines that have nothing else in common. */
async function scene(): Promise<Scene> {
  const postgres = await ownPostgres({ durable: true });
  const env = { ANON_DATABASE_URL: await postgres.createDatabase(), PGPASSWORD: postgres.password };
  const places = [
    { home: newHome(), env },
    { home: newHome(), env },
  ] as const;
  await printed(places[0], ['quickstart']);
  return { postgres, places, fleet: newFleet(), client: loadClient() };
}

/** What scripts and applications were answered must hold on every instance. */
async function expectNothingLost({ fleet, client }: Scene, load: MixedLoad): Promise<void> {
  expect(client.problems).toEqual([]);
  for (const url of await fleet.listening()) {
    expect(await load.lostAt(url)).toEqual([]);
    expect(await load.replayedAt(url)).toBe(0);
  }
  expect(client.problems).toEqual([]);
  expect(client.longestWaitMs()).toBeLessThan(mostWaitMs);
  for (const count of Object.values(load.done)) expect(count).toBeGreaterThan(20);
}

/** Starts both instances and the load. */
async function underLoad({ places, fleet, client }: Scene) {
  const ends: End[] = [];
  for (const place of places) void fleet.run(place).then((end) => ends.push(end));
  await fleet.haveStarted(2);
  const urls = await fleet.listening();
  const tenant = await loadedTenant(client, urls[0] ?? '', places[0]);
  return { load: startMixedLoad(client, fleet, tenant), urls, tenant, ends };
}

/** Asks until the instance reads the database again. */
async function answersAgain({ client }: Scene, url: string): Promise<void> {
  const giveUpAt = performance.now() + mostWaitMs;
  while (!(await client.ask(url, { method: 'GET', path: '/health', expects: [200] }))) {
    if (performance.now() > giveUpAt) throw new Error(`${url} did not find the database again`);
    await wait(20);
  }
}

/** A request that reads or writes the state is answered with 503, and in time. */
async function expectUnavailable({ client }: Scene, url: string, { managementToken: token }: LoadedTenant) {
  const path = '/api/v2/tenants/settings';
  await client.ask(url, { method: 'GET', path, token, expects: [] });
  await client.ask(url, { method: 'PATCH', path, token, json: { friendly_name: 'down' }, expects: [] });
}

it(
  'two instances that are killed at 200 points lose no write and accept no assertion twice',
  async () => {
    const all = await scene();
    const { places, fleet, client } = all;
    const first = fleet.run(places[0], 1_000);
    const [url = ''] = await fleet.listening();
    const load = startMixedLoad(client, fleet, await loadedTenant(client, url, places[0]));
    const ends: End[] = [];
    const runAll = async (place: Place, points: readonly number[]) => {
      for (const point of points) ends.push(await fleet.run(place, point));
      void fleet.run(place);
    };
    // The first 50 writes of an instance are those of its start and of a dozen requests.
    const points = Array.from({ length: 100 }, (_, index) => 1 + (index % 50));
    const t = performance.now();
    await Promise.all([runAll(places[1], points.toReversed()), first.then(() => runAll(places[0], points))]);
    console.error('killed', performance.now() - t);
    await fleet.haveStarted(2);
    await load.stop();
    console.error(load.done, client.counts, client.longestWaitMs());
    expect(ends.filter(({ signal }) => signal !== 'SIGKILL')).toEqual([]);
    await expectNothingLost(all, load);
    console.error('all', performance.now() - t);
  },
  3 * minutes,
);

it(
  'two instances outlive their PostgreSQL, which is killed 20 times, and answer 503 meanwhile',
  async () => {
    const all = await scene();
    const { postgres, client } = all;
    const { load, urls, tenant, ends } = await underLoad(all);
    const t = performance.now();
    for (let point = 0; point < 20; point += 1) {
      await load.moreWrites(5 + point);
      await postgres.kill9();
      for (const url of urls) await expectUnavailable(all, url, tenant);
      await postgres.start();
      for (const url of urls) await answersAgain(all, url);
      console.error(point, performance.now() - t);
    }
    await load.moreWrites(5);
    await load.stop();
    console.error(load.done, client.counts, client.longestWaitMs());
    expect(client.counts.broken).toBe(0);
    await expectNothingLost(all, load);
    expect(ends).toEqual([]);
  },
  3 * minutes,
);

it(
  'no request waits longer than its timeout while PostgreSQL does not answer',
  async () => {
    const all = await scene();
    const { postgres, client } = all;
    const { load, urls, tenant, ends } = await underLoad(all);
    await load.moreWrites(20);
    await postgres.freeze();
    for (const url of urls) await expectUnavailable(all, url, tenant);
    await postgres.thaw();
    for (const url of urls) await answersAgain(all, url);
    await load.moreWrites(20);
    await load.stop();
    console.error(load.done, client.counts, client.longestWaitMs());
    expect(client.counts.broken).toBe(0);
    await expectNothingLost(all, load);
    expect(ends).toEqual([]);
  },
  minutes,
);
