import { expect, it } from 'vitest';
import { newHome } from '../support/bin.ts';
import { type Fleet, newFleet, type Place } from '../support/fleet.ts';
import { type LoadClient, loadClient, mostWaitMs } from '../support/load-client.ts';
import { loadedTenant, printed } from '../support/loaded-tenant.ts';
import { type MixedLoad, startMixedLoad } from '../support/mixed-load.ts';

/** Two instances with one tenant, and applications and scripts that use it. */
async function underLoad(places: readonly [Place, Place]) {
  await printed(places[0], ['quickstart']);
  const fleet = newFleet();
  const client = loadClient();
  return {
    fleet,
    client,
    async start(): Promise<MixedLoad> {
      const [url = ''] = await fleet.listening();
      return startMixedLoad(client, fleet, await loadedTenant(client, url, places[0]));
    },
  };
}

it('instances killed at 200 points', async () => {
  const home = newHome();
  const places = [{ home, env: {} }, { home, env: {} }] as const;
  const { fleet, client, start } = await underLoad(places);
  const points = Array.from({ length: Number(process.env.POINTS ?? 20) }, (_, index) => 1 + 2 * index);
  const last = fleet.run(places[0]);
  const load = await start();
  const t = performance.now();
  const killAll = async (place: Place, some: number[]) => {
    for (const point of some) console.error(point, (performance.now() - t | 0), (await fleet.run(place, point)).signal);
  };
  await killAll(places[1], points);
  await load.stop();
  console.error(load.done, client.counts, client.longestWaitMs(), client.problems);
  const [url = ''] = await fleet.listening();
  console.error(await load.lostAt(url), await load.replayedAt(url));
}, 200_000);
