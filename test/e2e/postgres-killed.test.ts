import { expect, it } from 'vitest';
import { expectNothingLost, newScene, type Scene } from '../support/load/scene.ts';
import { seeded } from '../support/load/seeded.ts';
import { settingsPath } from '../support/load/state.ts';

/** What every instance answers while it cannot reach the database: a request that reads, and one that writes. */
async function expectOutage({ fleet, client, tenant: { managementToken: token } }: Scene): Promise<void> {
  for (const url of await fleet.listening(2)) {
    const answers = await Promise.all([
      client.ask(url, { method: 'GET', path: '/health', expects: [] }),
      client.ask(url, { method: 'GET', path: settingsPath, token, expects: [] }),
      client.ask(url, { method: 'PATCH', path: settingsPath, token, json: { picture_url: 'down' }, expects: [] }),
    ]);
    expect(answers.map((answer) => answer?.status)).toEqual([503, 503, 503]);
  }
}

/** Asks for the health of every instance until it is good. */
async function recovered({ fleet, client }: Scene): Promise<void> {
  for (const url of await fleet.listening(2)) {
    let status: number | undefined;
    while (status !== 200) status = (await client.ask(url, { method: 'GET', path: '/health', expects: [200] }))?.status;
  }
}

it('two instances outlive their PostgreSQL, killed 20 times and frozen once, and lose no write', {
  timeout: 600_000,
}, async () => {
  const scene = await newScene();
  const { postgres, client, load } = scene;
  const { below } = seeded();
  await load.during(async () => {
    for (let killed = 0; killed < 20; killed += 1) {
      await client.moreAnswers(20 + below(50));
      // Now and then the load insists, also while PostgreSQL starts.
      if (below(4) > 0) load.pause();
      await postgres.kill9();
      await expectOutage(scene);
      await postgres.start();
      await recovered(scene);
      load.resume();
    }
    // Its machine can no longer be reached: connections stay open, and nothing answers.
    await client.moreAnswers(20);
    await postgres.freeze();
    await expectOutage(scene);
    await postgres.thaw();
    await recovered(scene);
    await client.moreAnswers(20);
  });
  expect(client.counts.broken).toBe(0);
  await expectNothingLost(scene);
});
