import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteStore } from '../../../src/local/store/sqlite.ts';
import { readStateFile } from '../../../src/local/store/state-file.ts';
import type { Store } from '../../../src/local/store/store.ts';
import { otherTenantKeys, sequenceOfBytes, testTenant } from '../../support/local.ts';

let folder: string;
let file: string;
let opened: Store[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anon-sqlite-'));
  file = join(folder, 'state.db');
  opened = [];
});
afterEach(() => {
  for (const store of opened) store.close();
  rmSync(folder, { recursive: true });
});

function open(): Store {
  const store = sqliteStore(file);
  opened.push(store);
  return store;
}

/** Writes the state file with SQLite itself. */
function sql(text: string): void {
  const database = new Database(file);
  database.exec(text);
  database.close();
}

describe('a state file', () => {
  it('is readable only by its owner', () => {
    open().write((writer) => writer.put('key', 'current', {}));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('saves what was put', () => {
    const first = open();
    first.write((writer) => {
      for (const id of ['b', 'a']) writer.put('client', id, { id, text: 'ü🛒\u0000' });
    });
    first.close();
    expect(open().list('client')).toEqual(['b', 'a'].map((id) => ({ id, text: 'ü🛒\u0000' })));
  });

  it('leaves no other file behind', () => {
    open().write((writer) => writer.put('client', 'a', {}));
    expect(['-wal', '-shm', '-journal'].filter((end) => existsSync(file + end))).toEqual([]);
  });

  it('is not created in a folder that does not exist', () => {
    file = join(folder, 'missing', 'state.db');
    expect(open).toThrow(
      expect.objectContaining({ reason: 'failed', cause: expect.objectContaining({ code: 'ENOENT' }) }),
    );
  });
});

describe('a file that is not a state is refused and left unchanged', () => {
  it.each<[string, string, () => void]>([
    [
      'text',
      'corrupt',
      () => writeFileSync(file, 'this is not a database, and it is longer than a header. '.repeat(40)),
    ],
    ['an empty file', 'corrupt', () => writeFileSync(file, '')],
    ['a state cut in half', 'corrupt', () => cutState()],
    [
      'a state in which a byte is no UTF-8',
      'corrupt',
      () => stateAfter("INSERT INTO document VALUES ('client', 'a', CAST(x'7b22ff227d' AS TEXT))"),
    ],
    [
      'a state in which a document is another',
      'corrupt',
      () => stateAfter("INSERT INTO document VALUES ('client', 'a', '{}')"),
    ],
    ['a state without its digest', 'corrupt', () => stateAfter('DELETE FROM state')],
    ['a state with the mark of another program', 'corrupt', () => stateAfter('PRAGMA application_id = 42')],
    ['a state of a version that there cannot be', 'corrupt', () => stateAfter('PRAGMA user_version = 16777218')],
    ['a state with a log beside it', 'corrupt', () => stateAfter('PRAGMA journal_mode = WAL')],
    [
      "another program's database with a log beside it",
      'foreign',
      () => sql('CREATE TABLE bookmark (url TEXT); PRAGMA journal_mode = WAL'),
    ],
    ['a state without its table', 'corrupt', () => stateAfter('DROP TABLE document')],
    [
      'a state with a document that is no JSON',
      'corrupt',
      () => stateAfter("INSERT INTO document VALUES ('client', 'a', '{')"),
    ],
    ["another program's database", 'foreign', () => sql('CREATE TABLE bookmark (url TEXT)')],
    ['an empty database with the mark of another program', 'foreign', () => sql('PRAGMA application_id = 42')],
    ['the state of a later version', 'newer', () => stateAfter('PRAGMA user_version = 3')],
  ])('%s: %s', (_, reason, make) => {
    make();
    const before = readFileSync(file);
    expect(open).toThrow(expect.objectContaining({ name: 'StateFileError', reason }));
    expect(readFileSync(file)).toEqual(before);
  });

  function stateAfter(text: string): void {
    open().close();
    sql(text);
  }

  function cutState(): void {
    const store = open();
    store.write((writer) => {
      for (let id = 0; id < 100; id += 1) writer.put('client', String(id), { text: 'x'.repeat(500) });
    });
    store.close();
    truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096);
  }
});

describe('an open file', () => {
  it.each<[string, () => void]>([
    ['another has its name', () => renameSync(other(), file)],
    ['it was removed', () => rmSync(file)],
  ])('is no longer used when %s: the file at the path is', (_, replace) => {
    const store = open();
    store.write((writer) => writer.put('client', 'a', { n: 1 }));
    replace();
    store.refresh();
    expect(store.list('client')).toEqual([]);
    store.write((writer) => writer.put('client', 'b', { n: 2 }));
    expect(open().list('client')).toEqual([{ n: 2 }]);
  });

  it.each<[string, () => void]>([
    ['cut off', () => truncateSync(file, 5000)],
    ['emptied', () => truncateSync(file, 0)],
    ['overwritten', () => writeFileSync(file, 'x'.repeat(9000), { flag: 'r+' })],
    ['replaced by another program', () => renameSync(notes(), file)],
    ['written to by somebody who knows SQLite', () => sql("UPDATE document SET body = '{}'")],
  ])('that is %s is refused at the next write, and works again once it is repaired', (_, spoil) => {
    const store = open();
    store.write((writer) => writer.put('client', 'a', { n: 1, text: 'x'.repeat(9000) }));
    const before = readFileSync(file);
    spoil();
    const write = () => store.write((writer) => writer.put('client', 'a', { n: 2 }));
    expect(write).toThrow(expect.objectContaining({ name: 'StateFileError' }));
    expect(() => store.refresh()).toThrow(expect.objectContaining({ name: 'StateFileError' }));
    rmSync(file);
    writeFileSync(file, before);
    store.refresh();
    expect(store.get('client', 'a')?.n).toBe(1);
    write();
    expect(open().get('client', 'a')).toEqual({ n: 2 });
  });

  function other(): string {
    const path = `${file}.other`;
    sqliteStore(path).close();
    return path;
  }

  function notes(): string {
    const path = `${file}.notes`;
    const database = new Database(path);
    database.exec('CREATE TABLE notes (text TEXT)');
    database.close();
    return path;
  }
});

describe('a state of version 1, which has no digest', () => {
  function ofVersion1(...documents: (readonly [kind: string, id: string, body: string])[]): void {
    sql(`CREATE TABLE document (
        kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
      ) STRICT;
      PRAGMA application_id = ${0x616e6f6e};
      PRAGMA user_version = 1;`);
    for (const [kind, id, body] of documents) sql(`INSERT INTO document VALUES ('${kind}', '${id}', '${body}')`);
  }
  const settings = ['tenant', 'settings', '{"friendly_name": "Kept"}'] as const;
  const keys = ['key', 'current', '{}'] as const;

  it('is upgraded with all documents, in their order, and has a digest from then on', () => {
    ofVersion1(settings, ['client', 'b', '{"n":1.0}'], keys, ['client', 'a', '{"n":2}']);
    expect(open().list('client')).toEqual([{ n: 1 }, { n: 2 }]);
    expect(open().get('tenant', 'settings')).toEqual({ friendly_name: 'Kept' });
    open().write((writer) => writer.put('client', 'b', { n: 3 }));
    expect(open().list('client')).toEqual([{ n: 3 }, { n: 2 }]);
    sql("UPDATE document SET body = '{}' WHERE id = 'a'");
    expect(open).toThrow(expect.objectContaining({ reason: 'corrupt' }));
  });

  it('is read without being changed', () => {
    ofVersion1(settings, keys);
    const before = readFileSync(file);
    expect(readStateFile(file).get('tenant', 'settings')).toEqual({ friendly_name: 'Kept' });
    expect(readFileSync(file)).toEqual(before);
  });

  it('is refused when part of it is missing', () => {
    ofVersion1(settings);
    expect(open).toThrow(expect.objectContaining({ reason: 'corrupt' }));
  });
});

describe('two connections to a file', () => {
  it("see each other's writes", () => {
    const [one, other] = [open(), open()];
    one.write((writer) => writer.put('client', 'a', { n: 1 }));
    other.refresh();
    expect(other.get('client', 'a')).toEqual({ n: 1 });
    other.write((writer) => writer.put('client', 'a', { n: Number(writer.get('client', 'a')?.n) + 1 }));
    one.refresh();
    expect(one.list('client')).toEqual([{ n: 2 }]);
    one.write((writer) => writer.clear());
    other.refresh();
    expect(other.list('client')).toEqual([]);
  });

  it('read a consistent snapshot until they refresh or write', () => {
    const [one, other] = [open(), open()];
    one.write((writer) => writer.put('client', 'a', { n: 1 }));
    expect(other.list('client')).toEqual([]);
    expect(other.write((writer) => writer.list('client'))).toEqual([{ n: 1 }]);
    expect(other.list('client')).toEqual([{ n: 1 }]);
  });

  it('keep the object of a document that the other has not written', () => {
    const [one, other] = [open(), open()];
    one.write((writer) => {
      writer.put('client', 'a', { n: 1 });
      writer.put('client', 'b', { n: 1 });
    });
    const [a, b] = [one.get('client', 'a'), one.get('client', 'b')];
    other.write((writer) => writer.put('client', 'b', { n: 2 }));
    one.refresh();
    expect(one.get('client', 'b')).toEqual({ n: 2 });
    expect(one.get('client', 'b')).not.toBe(b);
    expect(one.get('client', 'a')).toBe(a);
  });

  it("don't see an aborted write", () => {
    const [one, other] = [open(), open()];
    const giveUp = () =>
      one.write((writer) => {
        writer.put('client', 'a', {});
        throw new Error('no');
      });
    expect(giveUp).toThrow('no');
    other.refresh();
    expect(other.list('client')).toEqual([]);
    other.write((writer) => writer.put('client', 'b', {}));
    one.refresh();
    expect(one.list('client')).toEqual([{}]);
  });
});

describe('two tenants on a file', () => {
  it('are seeded once when both find it empty, and serve the same tenant', async () => {
    const [one, other] = await Promise.all([
      testTenant({ store: open() }),
      testTenant({ store: open(), random: sequenceOfBytes('other'), keys: async () => otherTenantKeys }),
    ]);
    expect(one.app.client_id).toBe(other.app.client_id);
    expect(other.store.list('client')).toHaveLength(2);
    const manage = await one.management();
    await manage('PATCH', `/api/v2/clients/${one.app.client_id}`, { json: { can_create_anonymous_sessions: true } });
    await manage('PATCH', `/api/v2/resource-servers/${one.api.id}`, { json: { allow_anonymous_access: true } });
    const { session_token } = await other.session();
    expect(await one.anonymousToken({ session_token })).toMatchObject({ status: 200 });
  });
});

describe('several processes on a file', () => {
  it('lose no write when they write at once', async () => {
    const [processes, times] = [4, 25];
    const writer = join(folder, 'counting-writer.cjs');
    await build({
      entryPoints: [fileURLToPath(new URL('counting-writer.ts', import.meta.url))],
      outfile: writer,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['libsql'],
    });
    const packages = fileURLToPath(new URL('../../../node_modules', import.meta.url));
    const run = () =>
      promisify(execFile)(process.execPath, [writer, file, String(times)], {
        env: { ...process.env, NODE_PATH: packages },
        timeout: 20_000,
      });
    await Promise.all(Array.from({ length: processes }, run));
    const store = open();
    expect(store.get('tenant', 'count')).toEqual({ count: processes * times });
    expect(store.list('client').map((document) => document.count)).toEqual(
      Array.from({ length: processes * times }, (_, count) => count),
    );
  });
});
