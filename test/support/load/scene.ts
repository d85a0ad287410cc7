import { expect } from 'vitest';
import { newHome } from '../bin.ts';
import type { PostgresServer } from '../postgres.ts';
import { ownPostgres } from '../test-postgres.ts';
import { type LoadClient, loadClient } from './client.ts';
import { type Fleet, type Instance, newFleet, type Place } from './fleet.ts';
import { type MixedLoad, mixedLoad } from './mixed-load.ts';
import { documentsAt, documentsIn } from './state.ts';
import { type LoadedTenant, loadedTenant, printed } from './tenant.ts';

/** Two instances on one PostgreSQL, and everything that sends them requests. */
export interface Scene {
  readonly postgres: PostgresServer;
  readonly database: string;
  /** Two machines that have nothing else in common. */
  readonly places: readonly [Place, Place];
  /** The first instance at each place. */
  readonly instances: readonly Instance[];
  readonly fleet: Fleet;
  readonly client: LoadClient;
  readonly tenant: LoadedTenant;
  readonly load: MixedLoad;
}

/** Starts PostgreSQL and an instance at each place, at once. The load begins with `load.during`. */
export async function newScene(): Promise<Scene> {
  const postgres = await ownPostgres({ durable: true });
  const database = await postgres.createDatabase();
  const place = () => ({ home: newHome(), database, env: { PGPASSWORD: postgres.password } });
  const places = [place(), place()] as const;
  await printed(places[0], ['quickstart']);
  // A process saves the code that it compiled when it ends, and those that are killed would compile it again and again.
  const once = newFleet();
  await once.start(places[0]).url;
  await once.stop();
  const [fleet, client] = [newFleet(), loadClient()];
  const instances = places.map((each) => fleet.start(each));
  const [url = ''] = await fleet.listening(2);
  const tenant = await loadedTenant(client, url, places[0]);
  return { postgres, database, places, instances, fleet, client, tenant, load: mixedLoad(client, fleet, tenant) };
}

/**
 * What was answered with success must be true in the database and for both instances, and nothing may have been accepted
 * twice. Ends the instances.
 */
export async function expectNothingLost(scene: Scene): Promise<void> {
  const { postgres, database, fleet, client, tenant, load } = scene;
  expect(client.problems).toEqual([]);
  expect(load.differencesIn(await documentsIn(database, postgres.password))).toEqual([]);
  const urls = await fleet.listening(2);
  expect(urls).toHaveLength(2);
  for (const url of urls) {
    expect(load.differencesIn(await documentsAt(client, url, tenant.managementToken))).toEqual([]);
  }
  await load.replayAt(urls);
  expect(load.wronglyTaken()).toEqual([]);
  expect(client.problems).toEqual([]);
  for (const [what, count] of Object.entries(load.done)) expect(count, what).toBeGreaterThan(20);
  for (const { code, stderr } of await fleet.stop()) {
    expect({ code, others: otherWarnings(postgres, stderr) }).toEqual({ code: 0, others: [] });
  }
}

/** What an instance warns of, other than that the database is gone or back, and of how to reach its domain. */
function otherWarnings({ port, password }: PostgresServer, stderr: string): string[] {
  // An object on each line.
  const warnings: string[] = stderr.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line).warnings));
  const usual = RegExp(
    `^(cannot reach |connected to )?PostgreSQL at 127\\.0\\.0\\.1:${port}\\b|\\btenant\\.test\\b`,
    'i',
  );
  return warnings.filter((warning) => !usual.test(warning) || warning.includes(password));
}
