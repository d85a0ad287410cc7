import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
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
  const places = [{ home: newHome(), env }, { home: newHome(), env }] as const;
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

it(
  'two instances that are killed at 200 points lose no write and accept no assertion twice',
  async () => {
    const all = await scene();
    const { places, fleet, client } = all;
    const points = Array.from({ length: 100 }, (_, index) => index + 1);
    const endings: End[] = [];
    const runAll = async (place: Place, killAt: readonly number[]) => {
      for (const point of killAt) endings.push(await fleet.run(place, point));
      void fleet.run(place);
    };
    const first = fleet.run(places[0], 1_000);
    const [url = ''] = await fleet.listening();
    const load = startMixedLoad(client, fleet, await loadedTenant(client, url, places[0]));
    const t = performance.now();
    await Promise.all([runAll(places[1], points.toReversed()), first.then(() => runAll(places[0], points))]);
    console.error('killed', performance.now() - t);
    await fleet.haveStarted(2);
    await load.stop();
    console.error(load.done, client.counts, client.longestWaitMs());
    expect(endings.filter(({ signal }) => signal !== 'SIGKILL')).toEqual([]);
    await expectNothingLost(all, load);
    console.error('all', performance.now() - t);
  },
  3 * minutes,
);
