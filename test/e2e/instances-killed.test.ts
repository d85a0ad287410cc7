import { expect, it } from 'vitest';
import type { End, Instance, Place } from '../support/load/fleet.ts';
import { expectNothingLost, newScene, type Scene } from '../support/load/scene.ts';
import { type Seeded, seeded } from '../support/load/seeded.ts';

const pointsPerPlace = 100;

/** When to kill an instance: at a write to a socket, the first of which are those of its start, or after some answers. */
type Point = { readonly atWrite: number } | { readonly afterAnswers: number };

function randomPoint({ below }: Seeded): Point {
  return below(2) === 0 ? { atWrite: 1 + below(60) } : { afterAnswers: 1 + below(15) };
}

async function killAt({ client }: Scene, { url, ended, kill9 }: Instance, point: Point): Promise<End> {
  const address = await url;
  if (address && 'afterAnswers' in point) await Promise.race([client.moreAnswers(point.afterAnswers, address), ended]);
  // The other points are those at which the instance kills itself.
  if ('afterAnswers' in point) kill9();
  return ended;
}

it('two instances that are killed at 200 points lose no write and accept nothing twice', {
  timeout: 600_000,
}, async () => {
  const scene = await newScene();
  const { places, instances, fleet, client, load } = scene;
  const random = seeded();
  const ends: End[] = [];
  const killAll = async (place: Place, first: Instance) => {
    ends.push(await killAt(scene, first, { afterAnswers: 1 + random.below(15) }));
    for (let killed = 1; killed < pointsPerPlace; killed += 1) {
      const point = randomPoint(random);
      const instance = fleet.start(place, 'atWrite' in point ? point.atWrite : undefined);
      ends.push(await killAt(scene, instance, point));
    }
    fleet.start(place);
  };
  await load.during(async () => {
    await Promise.all(places.map((place, index) => killAll(place, instances[index] as Instance)));
    await fleet.listening(2);
    await client.moreAnswers(100);
  });
  expect(ends.filter(({ signal }) => signal === 'SIGKILL')).toHaveLength(2 * pointsPerPlace);
  // PostgreSQL was there all the time.
  expect(client.counts.unavailable).toBe(0);
  await expectNothingLost(scene);
});
