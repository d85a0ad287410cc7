import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../src/local/store/sqlite.ts';
import type { Store } from '../../../src/local/store/store.ts';
import { memoryStore } from '../../support/memory-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'anon-store-'));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true }));

describe.each<[string, () => Store]>([
  ['memory', memoryStore],
  ['an SQLite file', () => sqliteStore(join(folder, `${files++}.db`))],
])('a store in %s', (_, open) => {
  let store: Store;
  beforeEach(() => {
    store = open();
  });
  afterEach(() => store.close());

  it('is empty at first', () => {
    expect(store.get('client', 'a')).toBeUndefined();
    expect(store.list('client')).toEqual([]);
  });

  it('returns what was put, by kind and id', () => {
    store.write((writer) => {
      writer.put('client', 'a', { name: 'one' });
      writer.put('resource_server', 'a', { name: 'two' });
    });
    expect(store.get('client', 'a')).toEqual({ name: 'one' });
    expect(store.get('resource_server', 'a')).toEqual({ name: 'two' });
    expect(store.get('client_grant', 'a')).toBeUndefined();
  });

  it('lists documents in the order in which they were first put', () => {
    store.write((writer) => {
      for (const id of ['b', 'a', 'c']) writer.put('client', id, { id });
      writer.put('client', 'b', { id: 'b again' });
    });
    store.write((writer) => writer.put('client', 'a', { id: 'a again' }));
    expect(store.list('client')).toEqual([{ id: 'b again' }, { id: 'a again' }, { id: 'c' }]);
  });

  it('lists a document last after it was removed and put again', () => {
    store.write((writer) => {
      for (const id of ['a', 'b']) writer.put('client', id, { id });
      writer.remove('client', 'a');
      writer.put('client', 'a', { id: 'a' });
    });
    expect(store.list('client')).toEqual([{ id: 'b' }, { id: 'a' }]);
  });

  it('removes a document, and ignores one that does not exist', () => {
    store.write((writer) => {
      writer.put('client', 'a', {});
      writer.put('client', 'b', {});
    });
    store.write((writer) => {
      writer.remove('client', 'a');
      writer.remove('client', 'nobody');
    });
    expect(store.get('client', 'a')).toBeUndefined();
    expect(store.list('client')).toHaveLength(1);
  });

  it('is empty after clear', () => {
    store.write((writer) => writer.put('client', 'a', {}));
    store.write((writer) => {
      writer.clear();
      expect(writer.list('client')).toEqual([]);
      writer.put('key', 'a', {});
    });
    expect(store.list('client')).toEqual([]);
    expect(store.list('key')).toEqual([{}]);
  });

  it('shows a writer its own changes, which others see only at the end', () => {
    store.write((writer) => {
      writer.put('client', 'a', { n: 1 });
      expect(writer.get('client', 'a')).toEqual({ n: 1 });
      expect(writer.list('client')).toEqual([{ n: 1 }]);
      expect(store.get('client', 'a')).toBeUndefined();
    });
    expect(store.get('client', 'a')).toEqual({ n: 1 });
  });

  it('returns what the work returns', () => {
    expect(store.write(() => 7)).toBe(7);
  });

  it('saves nothing of work that throws, and works afterwards', () => {
    store.write((writer) => writer.put('client', 'a', { n: 1 }));
    expect(() =>
      store.write((writer) => {
        writer.put('client', 'a', { n: 2 });
        writer.put('client', 'b', {});
        writer.remove('client', 'a');
        throw new Error('changed my mind');
      }),
    ).toThrow('changed my mind');
    expect(store.list('client')).toEqual([{ n: 1 }]);
    store.write((writer) => writer.put('client', 'b', {}));
    expect(store.list('client')).toEqual([{ n: 1 }, {}]);
  });

  it('returns the same object until a document is written', () => {
    store.write((writer) => {
      writer.put('client', 'a', { n: 1 });
      writer.put('client', 'b', { n: 1 });
    });
    const [a, b] = [store.get('client', 'a'), store.get('client', 'b')];
    store.write((writer) => writer.put('client', 'b', { n: 2 }));
    expect(store.get('client', 'a')).toBe(a);
    expect(store.list('client')[0]).toBe(a);
    expect(store.get('client', 'b')).not.toBe(b);
  });

  it.each(["'; DROP TABLE document; --", '', '__proto__', 'ü🛒', 'a\u0000b'])('accepts any id: %j', (id) => {
    store.write((writer) => writer.put('client', id, { id }));
    expect(store.get('client', id)).toEqual({ id });
    store.write((writer) => writer.remove('client', id));
    expect(store.list('client')).toEqual([]);
  });
});
