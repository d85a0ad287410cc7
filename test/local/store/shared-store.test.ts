import { EventEmitter, once } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { cachedStore } from '../../../src/local/store/cached-store.ts';
import type { DocumentDatabase } from '../../../src/local/store/database.ts';
import { memoryDatabase } from '../../../src/local/store/memory.ts';
import type { Store } from '../../../src/local/store/store.ts';
import { watched } from '../../support/memory-store.ts';
import { type OpenState, places } from '../../support/stores.ts';

describe.each(places)('two stores of a state in %s', (_, makeState) => {
  let open: OpenState;
  let one: Store;
  let other: Store;
  beforeEach(async () => {
    open = await makeState();
    [one, other] = [cachedStore(await open()), cachedStore(await open())];
  });

  it("see each other's writes after a refresh", async () => {
    await one.write((writer) => writer.put('client', 'a', { n: 1 }));
    await other.refresh();
    expect(await other.get('client', 'a')).toEqual({ n: 1 });
    await other.write(async (writer) => {
      writer.put('client', 'a', { n: Number((await writer.get('client', 'a'))?.n) + 1 });
    });
    await one.refresh();
    expect(await one.get('client', 'a')).toEqual({ n: 2 });
    await one.write((writer) => writer.clear());
    await other.refresh();
    expect(await other.get('client', 'a')).toBeUndefined();
  });

  it('share one look at the database, which begins after the last of those who wait for it', async () => {
    const calls: unknown[] = [];
    const database = watched(await open(), (name, _, second) => calls.push([name, second]));
    const store = cachedStore(database);
    await store.refresh();
    expect(await store.get('client', 'a')).toBeUndefined();
    calls.length = 0;
    const first = store.refresh({ mayLag: true });
    await other.write((writer) => writer.put('client', 'a', { n: 1 }));
    // The write took longer than the first look, which may have missed it.
    const looks = calls.length;
    const last = [store.refresh({ mayLag: true }), store.refresh(), store.refresh({ mayLag: true })];
    await Promise.all([first, ...last]);
    expect(await store.get('client', 'a')).toEqual({ n: 1 });
    expect(calls.slice(looks)).toEqual([
      ['changesSince', false],
      ['get', 'a'],
    ]);
  });

  it('share the error of a look, and look again after it', async () => {
    let broken = false;
    const store = cachedStore(
      watched(await open(), () => {
        if (broken) throw new Error('the disk is gone');
      }),
    );
    await store.refresh();
    broken = true;
    const looks = await Promise.allSettled([store.refresh(), store.refresh()]);
    expect(looks.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    await store.refresh();
  });

  it('notice a document that a lookup finds now, and one that it no longer finds', async () => {
    const where = { lookup: 'client_id', value: 'web' };
    expect(await one.find('client_credential', where)).toBeUndefined();
    await other.write((writer) => writer.put('client_credential', 'a', { client_id: 'web' }));
    await one.refresh();
    expect(await one.find('client_credential', where)).toBeDefined();
    await other.write((writer) => writer.put('client_credential', 'a', { client_id: 'app' }));
    await one.refresh();
    expect(await one.find('client_credential', where)).toBeUndefined();
  });

  it('notice a document that did not exist before, and one that no longer exists', async () => {
    expect(await one.get('tenant', 'clock')).toBeUndefined();
    await other.write((writer) => writer.put('tenant', 'clock', { offset_ms: 1 }));
    await one.refresh();
    expect(await one.get('tenant', 'clock')).toEqual({ offset_ms: 1 });
    await other.write((writer) => writer.remove('tenant', 'clock'));
    await one.refresh();
    expect(await one.get('tenant', 'clock')).toBeUndefined();
    await other.write((writer) => writer.put('tenant', 'clock', { offset_ms: 2 }));
    await one.refresh();
    expect(await one.get('tenant', 'clock')).toEqual({ offset_ms: 2 });
  });

  it('keep the object of a document that the other has not written', async () => {
    await one.write((writer) => {
      writer.put('client', 'a', { n: 1 });
      writer.put('client', 'b', { n: 1 });
    });
    const [a, b] = [await one.get('client', 'a'), await one.get('client', 'b')];
    await other.write((writer) => writer.put('client', 'b', { n: 2 }));
    await one.refresh();
    expect(await one.get('client', 'b')).toEqual({ n: 2 });
    expect(await one.get('client', 'b')).not.toBe(b);
    expect(await one.get('client', 'a')).toBe(a);
  });

  it('notice everything after more writes than the log of changes has', async () => {
    await one.write((writer) => writer.put('client', 'a', { n: 0 }));
    expect(await one.get('client', 'a')).toEqual({ n: 0 });
    await other.refresh();
    await one.refresh();
    for (let n = 1; n <= 1100; n += 1) await other.write((writer) => writer.put('client', n < 3 ? 'a' : 'b', { n }));
    await one.refresh();
    expect(await one.get('client', 'a')).toEqual({ n: 2 });
    expect(await one.get('client', 'b')).toEqual({ n: 1100 });
  });

  it('notice a write of very many documents', async () => {
    await one.write((writer) => writer.put('client', 'a', { n: 0 }));
    expect(await one.get('client', 'a')).toEqual({ n: 0 });
    await other.write((writer) => {
      for (let n = 0; n < 3000; n += 1) writer.put('client_credential', `${n}`, { n, client_id: 'web' });
      writer.put('client', 'a', { n: 1 });
    });
    await one.refresh();
    expect(await one.get('client', 'a')).toEqual({ n: 1 });
    expect(await one.count('client_credential', { lookup: 'client_id', value: 'web' })).toBe(3000);
    expect((await one.list('client_credential')).map(({ n }) => n)).toEqual([...Array(3000).keys()]);
  });

  it('plan a write again if a document has changed between two readings of it', async () => {
    await one.write((writer) => writer.put('client', 'a', { n: 1 }));
    let plans = 0;
    await one.write(async (writer) => {
      const first = await writer.get('client', 'a');
      plans += 1;
      if (plans === 1) {
        await other.write((others) => others.put('client', 'a', { n: 10 }));
        await one.refresh();
        await writer.get('client', 'a');
      }
      writer.put('client', 'a', { n: Number(first?.n) + 1 });
    });
    expect(plans).toBe(2);
    expect(await one.get('client', 'a')).toEqual({ n: 11 });
  });

  it('take nothing a second time after all documents were removed', async () => {
    const time = { nowSeconds: 0, endSeconds: 10 };
    expect(await one.takeOnce('a', time)).toBe(true);
    await one.write((writer) => writer.clear());
    expect(await other.takeOnce('a', time)).toBe(false);
    await other.write((writer) => writer.put('client', 'a', {}));
  });

  it("don't see an aborted write", async () => {
    const giveUp = one.write((writer) => {
      writer.put('client', 'a', {});
      throw new Error('no');
    });
    await expect(giveUp).rejects.toThrow('no');
    await other.refresh();
    expect(await other.list('client')).toEqual([]);
  });

  it('lose no write when both write at once', async () => {
    const count = async (store: Store, name: string) => {
      for (let written = 0; written < 25; written += 1) {
        await store.write(async (writer) => {
          const n = Number((await writer.get('tenant', 'count'))?.n ?? 0);
          writer.put('tenant', 'count', { n: n + 1 });
          writer.put('client', `${name} ${written}`, { n });
        });
      }
    };
    const third = cachedStore(await open());
    await Promise.all([count(one, 'one'), count(other, 'other'), count(third, 'third')]);
    await one.refresh();
    expect(await one.get('tenant', 'count')).toEqual({ n: 75 });
    expect((await one.list('client')).map(({ n }) => n)).toEqual([...Array(75).keys()]);
  });

  it('run work again when what it read was written in the meantime', async () => {
    const reads: Record<string, (store: Parameters<Parameters<Store['write']>[0]>[0]) => Promise<unknown>> = {
      get: (writer) => writer.get('client_credential', 'a'),
      find: (writer) => writer.find('client_credential', { lookup: 'client_id', value: 'web' }),
      list: (writer) => writer.list('client_credential'),
    };
    for (const [name, read] of Object.entries(reads)) {
      await one.write((writer) => writer.remove('client_credential', 'a'));
      let runs = 0;
      const seen = await one.write(async (writer) => {
        runs += 1;
        const found = await read(writer);
        if (runs === 1) await other.write((foreign) => foreign.put('client_credential', 'a', { client_id: 'web' }));
        writer.put('client', name, {});
        return found;
      });
      expect(runs, name).toBe(2);
      expect([seen].flat(), name).toEqual([{ client_id: 'web' }]);
    }
  });

  it("don't run work again for a write that it has not read", async () => {
    let runs = 0;
    await one.write(async (writer) => {
      runs += 1;
      await writer.get('client', 'a');
      await other.write((foreign) => foreign.put('client', 'b', { n: runs }));
      writer.put('client', 'a', {});
    });
    expect(runs).toBe(1);
    expect(await one.get('client', 'b')).toEqual({ n: 1 });
  });

  it('give something that may be used once to exactly one', async () => {
    const databases: DocumentDatabase[] = await Promise.all([1, 2, 3].map(() => open()));
    const time = { nowSeconds: 1000, endSeconds: 1060 };
    for (let round = 0; round < 20; round += 1) {
      const taking = databases.flatMap((database) =>
        [1, 2, 3].map(() => database.takeOnce(`ticket\u0000 ${round}`, time)),
      );
      const taken = await Promise.all(taking);
      expect(taken.filter(Boolean)).toHaveLength(1);
    }
    expect(await one.takeOnce('x'.repeat(5000), time)).toBe(true);
    expect(await other.takeOnce('x'.repeat(5000), time)).toBe(false);
    expect(await other.takeOnce('x'.repeat(5001), time)).toBe(true);
  });
});

describe.each(places)('a commit to %s', (_, makeState) => {
  let database: DocumentDatabase;
  let revision: number;
  beforeEach(async () => {
    const open = await makeState();
    database = await open();
    const writes = [{ kind: 'client_credential', id: 'a', document: { client_id: 'web' } } as const];
    revision = (await database.commit({ conditions: [], clears: false, writes })) ?? 0;
  });

  const kind = 'client_credential';
  const saves = async (...conditions: Parameters<DocumentDatabase['commit']>[0]['conditions']) => {
    const writes = [{ kind: 'client', id: 'saved', document: {} } as const];
    const saved = await database.commit({ conditions, clears: false, writes });
    expect((await database.get('client', 'saved')) !== undefined).toBe(saved !== undefined);
    return saved !== undefined;
  };

  it('is saved if a document has a revision', async () => {
    expect(await saves({ kind, id: 'a', revision: revision + 1 })).toBe(false);
    expect(await saves({ kind, id: 'a', revision: 0 })).toBe(false);
    expect(await saves({ kind, id: 'b', revision })).toBe(false);
    expect(await saves({ kind, id: 'a', revision }, { kind, id: 'b', revision: 0 })).toBe(true);
  });

  it('is saved if no document has a value', async () => {
    const nowhere = (value: string) => ({ kind, nowhere: { lookup: 'client_id', value } }) as const;
    expect(await saves(nowhere('app'), nowhere('web'))).toBe(false);
    expect(await saves(nowhere('app'))).toBe(true);
  });

  it('is saved if no document of a kind was written', async () => {
    expect(await saves({ kind, unchangedSince: revision - 1 })).toBe(false);
    expect(await saves({ kind, unchangedSince: revision })).toBe(true);
    expect(await saves({ kind, unchangedSince: revision })).toBe(true);
    await database.commit({ conditions: [], clears: true, writes: [] });
    expect(await saves({ kind, unchangedSince: revision })).toBe(false);
  });

  it('increases the revision by 1', async () => {
    const commit = { conditions: [], clears: false, writes: [] };
    expect(await database.commit(commit)).toBe(revision + 1);
    expect(await database.commit(commit)).toBe(revision + 2);
    expect((await database.changesSince(revision + 2, false)).revision).toBe(revision + 2);
  });
});

it('a look that has begun is not enough for whoever asks later', async () => {
  const database = memoryDatabase([{ kind: 'client', id: 'a', document: { n: 0 } }]);
  const gate = new EventEmitter();
  const [began, ended] = [once(gate, 'began'), once(gate, 'ended')];
  const slow = new Proxy(database, {
    get: (target, name: keyof DocumentDatabase) => {
      if (name !== 'changesSince') return target[name].bind(target);
      return async (...asked: Parameters<DocumentDatabase['changesSince']>) => {
        const changes = await target.changesSince(...asked);
        gate.emit('began');
        await ended;
        return changes;
      };
    },
  });
  const [one, other] = [cachedStore(slow), cachedStore(database)];
  expect(await one.get('client', 'a')).toEqual({ n: 0 });
  const first = one.refresh();
  await began;
  await other.write((writer) => writer.put('client', 'a', { n: 1 }));
  const second = one.refresh();
  gate.emit('ended');
  await first;
  await second;
  expect(await one.get('client', 'a')).toEqual({ n: 1 });
});
