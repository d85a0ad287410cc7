import { expect, it } from 'vitest';
import type { End, Place } from '../support/load/fleet.ts';
import { expectNothingLost, newScene, type Scene } from '../support/load/scene.ts';
import { type Seeded, seeded } from '../support/load/seeded.ts';

const pointsPerPlace = 100;

/** When to kill an instance: at a write to a socket, the first of which are those of its start, or after some answers. */
type Point = { readonly atWrite: number } | { readonly afterAnswers: number };

function randomPoint({ below }: Seeded): Point {
  return below(2) === 0 ? { atWrite: 1 + below(60) } : { afterAnswers: 1 + below(15) };
}

async function killAt({ fleet, client }: Scene, place: Place, point: Point): Promise<End> {
  if ('atWrite' in point) return fleet.start(place, point.atWrite).ended;
  const { url, ended, kill9 } = fleet.start(place);
  const address = await url;
  if (address) await Promise.race([client.moreAnswers(point.afterAnswers, address), ended]);
  kill9();
  return ended;
}

it('two instances that are killed at 200 points lose no write and accept nothing twice', {
  timeout: 600_000,
}, async () => {
  const scene = await newScene();
  const { places, fleet, client, load } = scene;
  const random = seeded();
  const ends: End[] = [];
  const killAll = async (place: Place) => {
    for (let killed = 0; killed < pointsPerPlace; killed += 1) {
      ends.push(await killAt(scene, place, randomPoint(random)));
    }
    fleet.start(place);
  };
  await load.during(async () => {
    await Promise.all(places.map(killAll));
    await fleet.listening(2);
    await client.moreAnswers(100);
  });
  process.stderr.write(`${JSON.stringify([load.done, client.counts])}\n`);
  expect(ends.filter(({ signal }) => signal === 'SIGKILL')).toHaveLength(2 * pointsPerPlace);
  // PostgreSQL was there all the time.
  expect(client.counts.unavailable).toBe(0);
  await expectNothingLost(scene);
});
