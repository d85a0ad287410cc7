import { describe, expect, it } from 'vitest';
import { randomHex, seededRandom } from '../../../src/local/random.ts';
import { putSeededRandomness, randomnessId, randomSource } from '../../../src/local/state/random-source.ts';
import type { Store } from '../../../src/local/store/store.ts';
import { sequenceOfBytes } from '../../support/local.ts';
import { memoryStore } from '../../support/memory-store.ts';

async function seeded(seed: number, store: Store = memoryStore()): Promise<Store> {
  await store.write((writer) => putSeededRandomness(writer, seed));
  return store;
}

async function openingOf(store: Store) {
  const source = randomSource(sequenceOfBytes('unseeded'));
  const follow = async () => source.follow(store, await store.get('tenant', randomnessId));
  await follow();
  return { source, follow, next: () => randomHex(source.random, 8) };
}

describe('the randomness of a state', () => {
  it('is the given one without a seed', async () => {
    const { source, next } = await openingOf(memoryStore());
    expect(next()).toBe(randomHex(sequenceOfBytes('unseeded'), 8));
    expect([source.predictable, source.named('app web')]).toEqual([false, undefined]);
  });

  it('follows from the seed: the same for the same openings, and never repeated by the next one', async () => {
    const runs = [];
    for (const store of [await seeded(42), await seeded(42)]) {
      const openings = [await openingOf(store), await openingOf(store)];
      runs.push(openings.flatMap(({ next }) => [next(), next()]));
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(new Set(runs[0]).size).toBe(4);
    expect((await openingOf(await seeded(43))).next()).not.toBe(runs[0]?.[0]);
  });

  it('has a stream of its own for request ids, and one for each name in every opening', async () => {
    const [quiet, busy] = [await openingOf(await seeded(1)), await openingOf(await seeded(1))];
    busy.source.requestIds(10);
    expect(busy.next()).toBe(quiet.next());
    const named = [quiet, busy].map(({ source }) => randomHex(source.named('app web') ?? sequenceOfBytes(), 8));
    expect(named[0]).toBe(named[1]);
  });

  it('follows a reset by another process, also with the same seed, and takes one opening for requests at once', async () => {
    const store = await seeded(42);
    const { source, follow, next } = await openingOf(store);
    const before = next();
    await seeded(42, store);
    await Promise.all([follow(), follow(), follow()]);
    expect(next()).toBe(before);
    expect(await store.get('tenant', randomnessId)).toMatchObject({ seed: 42, openings: 1 });
    await store.write((writer) => writer.remove('tenant', randomnessId));
    await follow();
    expect([source.predictable, next()]).toEqual([false, randomHex(sequenceOfBytes('unseeded'), 8)]);
  });

  it('tries again after a state that could not be written', async () => {
    const store = await seeded(42);
    const source = randomSource(sequenceOfBytes('unseeded'));
    const document = await store.get('tenant', randomnessId);
    const broken = { ...store, write: () => Promise.reject(new Error('full')) };
    await expect(source.follow(broken, document)).rejects.toThrow('full');
    await source.follow(store, document);
    expect(source.predictable).toBe(true);
  });

  it('tells apart every part of a purpose', () => {
    const first = (...purpose: string[]) => randomHex(seededRandom(1, ...purpose), 8);
    expect(new Set([first('a', 'b'), first('ab'), first('a,b'), first('a'), first('b', 'a')]).size).toBe(5);
  });
});
