import type { JsonObject } from '../../wire/schema.ts';
import { type Random, randomHex, seededRandom, systemRandom } from '../random.ts';
import type { Store, StoreWriter } from '../store/store.ts';

/**
 * The document of a state that has a seed for its randomness, for tests. Each process that opens the state takes the next
 * number, and with it a stream of its own, so that no two of them make the same ids.
 */
interface SeededRandomness extends JsonObject {
  readonly seed: number;
  /** How often the state was opened. */
  readonly openings: number;
  /** Random in earnest: tells this state apart from the one that a reset with the same seed makes. */
  readonly state: string;
}

/** The randomness of an open tenant: the system's, or what follows from the seed of its state. */
export interface RandomSource {
  /** Whether the state has a seed, so that anyone can make its tokens. */
  readonly predictable: boolean;
  readonly random: Random;
  /** Apart from the ids of objects, so that a request that makes nothing changes none of them. */
  readonly requestIds: Random;
  /** Follows the state's document, as just read; undefined for a state without a seed. */
  follow(store: Store, document: JsonObject | undefined): Promise<void>;
  /** A stream for something with a name, the same in each process; undefined for a state without a seed. */
  named(name: string): Random | undefined;
}

/** The source of a tenant that takes its randomness from `unseeded` while its state has no seed. */
export function randomSource(unseeded: Random): RandomSource {
  let current = { random: unseeded, requestIds: unseeded };
  let seed: number | undefined;
  let followed: { readonly state: unknown; readonly done: Promise<void> } | undefined;
  const take = async (store: Store) => {
    const opened = await countOpening(store);
    seed = opened?.seed;
    if (!opened) {
      current = { random: unseeded, requestIds: unseeded };
      return;
    }
    const purpose = (name: string) => seededRandom(opened.seed, 'opening', String(opened.opening), name);
    current = { random: purpose('objects'), requestIds: purpose('requests') };
  };
  return {
    random: (length) => current.random(length),
    requestIds: (length) => current.requestIds(length),
    get predictable() {
      return seed !== undefined;
    },
    named: (name) => (seed === undefined ? undefined : seededRandom(seed, 'named', name)),
    async follow(store, document) {
      if (document?.state !== followed?.state) {
        const following = { state: document?.state, done: take(store) };
        followed = following;
        // The next request tries again.
        following.done.catch(() => {
          if (followed === following) followed = { state: null, done: Promise.resolve() };
        });
      }
      await followed?.done;
    },
  };
}

/** Gives a state that is being filled its seed. */
export function putSeededRandomness(writer: StoreWriter, seed: number): void {
  const document: SeededRandomness = { seed, openings: 0, state: randomHex(systemRandom(), 8) };
  writer.put('tenant', randomnessId, document);
}

export const randomnessId = 'random';

async function countOpening(store: Store): Promise<{ readonly seed: number; readonly opening: number } | undefined> {
  return store.write(async (writer) => {
    const document = (await writer.get('tenant', randomnessId)) as SeededRandomness | undefined;
    if (!document) return undefined;
    const opening = document.openings + 1;
    writer.put('tenant', randomnessId, { ...document, openings: opening });
    return { seed: document.seed, opening };
  });
}
