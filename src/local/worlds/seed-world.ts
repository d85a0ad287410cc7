import type { EditionName } from '../../wire/edition/edition.ts';
import type { TenantWorld, WorldChange, WorldGuestTokens, WorldProblem } from '../../wire/tenant-world.ts';
import { type Random, seededRandom, systemRandom } from '../random.ts';
import { timeBy } from '../state/clock.ts';
import { editionOf } from '../state/edition.ts';
import { longestLifetime, noteLifetime } from '../state/lifetimes.ts';
import { readMoment } from '../state/moment.ts';
import { reseeding } from '../state/seed.ts';
import type { Store, StoreReader, StoreWriter } from '../store/store.ts';
import { type KeyMaterial, makeKeys } from '../tokens/keys.ts';
import { putApis } from './apis.ts';
import { putApps } from './apps.ts';
import { type MovedClient, WorldDraft } from './draft.ts';
import { planGuests, type SavedTokens, tokensFor } from './guests.ts';
import { clockFor, keysFor, putActions, putClock, putKeys, putSettings } from './tenant.ts';
import { type NewPassword, putUsers } from './users.ts';

export interface SeedingOptions {
  /** The tenant is new: its sample application and API make room for those of the world. */
  readonly isNew?: boolean | undefined;
  /** Starts over first, in the same transaction. */
  readonly reset?: { readonly edition: EditionName | undefined; readonly seedRandom: number | undefined } | undefined;
  /** Nothing is saved. */
  readonly dryRun?: boolean | undefined;
  readonly saved?: SavedTokens | undefined;
}

/** Where there are problems, nothing was saved. */
export interface Seeded {
  readonly problems: readonly WorldProblem[];
  readonly changes: readonly WorldChange[];
  readonly newPasswords: readonly NewPassword[];
  readonly moved: readonly MovedClient[];
  readonly edition: EditionName;
}

export interface SeededPlace {
  readonly store: Store;
  readonly machineMs: number;
  readonly issuer: string;
  /** The stream of a name, in a state with a seed. */
  readonly named: (name: string) => Random | undefined;
}

/** Thrown inside a transaction that must not be saved. */
class NotSaved extends Error {
  readonly seeded: Seeded;

  constructor(seeded: Seeded) {
    super('not saved');
    this.seeded = seeded;
  }
}

/** Puts a world into a tenant, in one transaction: all of it or nothing. A second time, nothing is left to change. */
export async function seedWorld(place: SeededPlace, world: TenantWorld, options: SeedingOptions): Promise<Seeded> {
  const material = await keysFor(world.keys);
  const { issuer } = place;
  const making = { issuer, random: systemRandom(), keys: makeKeys };
  const empty = options.reset && (await reseeding({ ...options.reset, ...making }));
  try {
    return await place.store.write(async (writer) => {
      await empty?.(writer);
      const seeded = await put(place, writer, { world, material, options });
      if (seeded.problems.length > 0 || options.dryRun) throw new NotSaved(seeded);
      return seeded;
    });
  } catch (error) {
    if (error instanceof NotSaved) return error.seeded;
    throw error;
  }
}

interface Wanted {
  readonly world: TenantWorld;
  readonly material: Partial<KeyMaterial>;
  readonly options: SeedingOptions;
}

async function put(place: SeededPlace, writer: StoreWriter, { world, material, options }: Wanted): Promise<Seeded> {
  const { machineMs, issuer } = place;
  const edition = await editionOf(writer);
  const clock = await clockFor(world, writer);
  const nowSeconds = Math.floor(timeBy(clock, machineMs) / 1000);
  const draft = new WorldDraft({ writer, edition, nowSeconds, randomFor: streams(place, options) });
  if (options.isNew || options.reset) await makeRoom(writer, world);
  const longest = await longestLifetime(writer);
  if (world.clock) await putClock(draft, clock);
  if (world.keys) await putKeys(draft, material);
  await putSettings(draft, world);
  const clients = await putApps(draft, world);
  await putApis(draft, world, clients);
  const newPasswords = await putUsers(draft, world.users);
  await putActions(draft, world.actions);
  await noteLifetime(writer, longest, await longestLifetime(writer));
  if (!draft.problems.some(({ path: [part] }) => keepsGuestsOut.includes(String(part)))) {
    const moment = await readMoment(writer, { machineMs, issuer });
    if (!moment) throw new Error('the state is empty after it was read');
    const { randomFor, refuse } = draft;
    const planning = { reader: writer, moment, saved: options.saved ?? {}, randomFor, refuse };
    const guests = await planGuests(planning, world.guests);
    for (const { guest, unchanged } of guests) {
      if (!unchanged)
        draft.note({ kind: 'guest', name: guest.name }, options.saved?.[guest.name] ? 'updated' : 'created');
    }
  }
  return { problems: draft.problems, changes: draft.changes, moved: draft.moved, newPasswords, edition: edition.name };
}

/** A guest who cannot get in because of a problem in one of these would only repeat it. */
const keepsGuestsOut: readonly string[] = ['tenant', 'apps', 'apis'];

function streams({ named }: SeededPlace, { reset }: SeedingOptions): (name: string) => Random {
  const system = systemRandom();
  if (!reset) return (name) => named(name) ?? system;
  const { seedRandom } = reset;
  return (name) => (seedRandom === undefined ? system : seededRandom(seedRandom, 'named', name));
}

/** A new tenant has a sample application and a sample API, in place of which a world may have its own. */
async function makeRoom(writer: StoreWriter, { apps, apis }: TenantWorld): Promise<void> {
  const samples = {
    client: apps.length === 0 ? [] : (await writer.list('client')).filter(({ global }) => global !== true),
    resource_server:
      apis.length === 0 ? [] : (await writer.list('resource_server')).filter(({ is_system }) => is_system !== true),
  };
  for (const client of samples.client) writer.remove('client', String(client.client_id));
  for (const server of samples.resource_server) writer.remove('resource_server', String(server.id));
}

/** New tokens for the guests of a world that was put into the tenant; none for those who are unchanged. */
export async function issueGuests(
  place: SeededPlace & { readonly random: Random },
  world: TenantWorld,
  saved: SavedTokens,
): Promise<WorldGuestTokens[]> {
  const { store, machineMs, issuer, random } = place;
  const moment = await readMoment(store, { machineMs, issuer });
  if (!moment) throw new Error('the state is empty after it was read');
  const refuse = (_path: unknown, message: string) => {
    throw new Error(`the tenant was changed after the world was put in: ${message}`);
  };
  const reader: StoreReader = store;
  const randomFor = streams(place, {});
  const planned = await planGuests({ reader, moment, saved, randomFor, refuse }, world.guests);
  const tokens: WorldGuestTokens[] = [];
  for (const guest of planned) if (!guest.unchanged) tokens.push(await tokensFor(moment, random, guest));
  return tokens;
}
