import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
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
import { lookupVersion } from '../../../../src/local/store/lookups.ts';
import { readSqlite } from '../../../../src/local/store/sqlite/database.ts';
import { combined, digestOf } from '../../../../src/local/store/sqlite/digest.ts';
import { digestOfNumbers, type StateNumbers } from '../../../../src/local/store/sqlite/layout.ts';
import type { Store } from '../../../../src/local/store/store.ts';
import { otherTenantKeys, sequenceOfBytes, testTenant } from '../../../support/local.ts';
import { sqliteStore } from '../../../support/sqlite-store.ts';

let folder: string;
let file: string;
let opened: Store[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anon-sqlite-'));
  file = join(folder, 'state.db');
  opened = [];
});
afterEach(async () => {
  for (const store of opened) await await store.close();
  rmSync(folder, { recursive: true });
});

async function open(): Promise<Store> {
  const store = await sqliteStore(file);
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
  it('is readable only by its owner', async () => {
    await (await open()).write((writer) => writer.put('key', 'current', {}));
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('saves what was put', async () => {
    const first = await open();
    await first.write((writer) => {
      for (const id of ['b', 'a']) writer.put('client', id, { id, text: 'ü🛒\u0000' });
    });
    await first.close();
    expect(await (await open()).list('client')).toEqual(['b', 'a'].map((id) => ({ id, text: 'ü🛒\u0000' })));
  });

  it('leaves no other file behind', async () => {
    await (await open()).write((writer) => writer.put('client', 'a', {}));
    expect(['-wal', '-shm', '-journal'].filter((end) => existsSync(file + end))).toEqual([]);
  });

  it('is not created in a folder that does not exist', async () => {
    file = join(folder, 'missing', 'state.db');
    await expect(open()).rejects.toThrow(
      expect.objectContaining({ reason: 'failed', cause: expect.objectContaining({ code: 'ENOENT' }) }),
    );
  });
});

/** Puts a row into the table as another program would. */
const insert = 'INSERT INTO document (kind, id, revision, body, digest) VALUES';

describe('a file that is not a state is refused and left unchanged', () => {
  it.each<[string, string, () => unknown]>([
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
      () => stateAfter(`${insert} ('client', 'a', 1, CAST(x'7b22ff227d' AS TEXT), '0123456789abcdef')`),
    ],
    [
      'a state in which a document is another',
      'corrupt',
      () => stateAfter(`${insert} ('client', 'a', 1, '{}', '0123456789abcdef')`),
    ],
    [
      'a state with a document that its digest does not count',
      'corrupt',
      () => stateAfter(`${insert} ('client', 'a', 1, '{}', '${digestOf('client', 'a', 1, '{}')}')`),
    ],
    ['a state in which a lookup is missing', 'corrupt', () => stateAfter('DELETE FROM lookup', oneClient)],
    [
      'a state in which a lookup leads elsewhere',
      'corrupt',
      () => stateAfter("UPDATE lookup SET value = 'x'", oneClient),
    ],
    ['a state in which a used token is missing', 'corrupt', () => stateAfter('DELETE FROM used_once', oneClient)],
    ['a state with another revision', 'corrupt', () => stateAfter('UPDATE state SET revision = 7')],
    ['a state without its numbers', 'corrupt', () => stateAfter('DELETE FROM state')],
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
      () => stateAfter(`${insert} ('client', 'a', 1, '{', '${digestOf('client', 'a', 1, '{')}')`),
    ],
    ["another program's database", 'foreign', () => sql('CREATE TABLE bookmark (url TEXT)')],
    ['an empty database with the mark of another program', 'foreign', () => sql('PRAGMA application_id = 42')],
    ['the state of a later version', 'newer', () => stateAfter('PRAGMA user_version = 4')],
  ])('%s: %s', async (_, reason, make) => {
    await make();
    const before = readFileSync(file);
    await expect(open()).rejects.toThrow(expect.objectContaining({ name: 'StateFileError', reason }));
    expect(readFileSync(file)).toEqual(before);
  });

  async function stateAfter(text: string, fill = async (_: Store) => {}): Promise<void> {
    const store = await open();
    await fill(store);
    await store.close();
    sql(text);
  }

  async function oneClient(store: Store): Promise<void> {
    await store.write((writer) => writer.put('client', 'a', {}));
    await store.takeOnce('a', { nowSeconds: 0, endSeconds: 10 });
  }

  async function cutState(): Promise<void> {
    const store = await open();
    await store.write((writer) => {
      for (let id = 0; id < 100; id += 1) writer.put('client', String(id), { text: 'x'.repeat(500) });
    });
    await store.close();
    truncateSync(file, Math.floor(statSync(file).size / 8192) * 4096);
  }
});

describe('an open file', () => {
  it.each<[string, () => unknown]>([
    ['another has its name', async () => renameSync(await other(), file)],
    ['it was removed', () => rmSync(file)],
  ])('is no longer used when %s: the file at the path is', async (_, replace) => {
    const store = await open();
    await store.write((writer) => writer.put('client', 'a', { n: 1 }));
    await replace();
    await store.refresh();
    expect(await store.list('client')).toEqual([]);
    await store.write((writer) => writer.put('client', 'b', { n: 2 }));
    expect(await (await open()).list('client')).toEqual([{ n: 2 }]);
  });

  it.each<[string, () => void]>([
    ['cut off', () => truncateSync(file, 5000)],
    ['emptied', () => truncateSync(file, 0)],
    ['overwritten', () => writeFileSync(file, 'x'.repeat(9000), { flag: 'r+' })],
    ['replaced by another program', () => renameSync(notes(), file)],
    ['written to by somebody who knows SQLite', () => sql("UPDATE document SET body = '{}'")],
  ])('that is %s is refused at the next write, and works again once it is repaired', async (_, spoil) => {
    const store = await open();
    await store.write((writer) => writer.put('client', 'a', { n: 1, text: 'x'.repeat(9000) }));
    const before = readFileSync(file);
    spoil();
    const write = () => store.write((writer) => writer.put('client', 'a', { n: 2 }));
    await expect(write()).rejects.toThrow(expect.objectContaining({ name: 'StateFileError' }));
    await expect(store.refresh()).rejects.toThrow(expect.objectContaining({ name: 'StateFileError' }));
    rmSync(file);
    writeFileSync(file, before);
    await store.refresh();
    expect((await store.get('client', 'a'))?.n).toBe(1);
    await write();
    expect(await (await open()).get('client', 'a')).toEqual({ n: 2 });
  });

  async function other(): Promise<string> {
    const path = `${file}.other`;
    await (await sqliteStore(path)).close();
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

  it('is upgraded with all documents, in their order, and has a digest from then on', async () => {
    ofVersion1(settings, ['client', 'b', '{"n":1.0}'], keys, ['client', 'a', '{"n":2}']);
    expect(await (await open()).list('client')).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await (await open()).get('tenant', 'settings')).toEqual({ friendly_name: 'Kept' });
    await (await open()).write((writer) => writer.put('client', 'b', { n: 3 }));
    expect(await (await open()).list('client')).toEqual([{ n: 3 }, { n: 2 }]);
    sql("UPDATE document SET body = '{}' WHERE id = 'a'");
    await expect(open()).rejects.toThrow(expect.objectContaining({ reason: 'corrupt' }));
  });

  it('is read without being changed', async () => {
    ofVersion1(settings, keys);
    const before = readFileSync(file);
    const state = await readSqlite(file);
    expect((await state.get('tenant', 'settings'))?.document).toEqual({ friendly_name: 'Kept' });
    await state.close();
    expect(readFileSync(file)).toEqual(before);
  });

  it('is refused when part of it is missing', async () => {
    ofVersion1(settings);
    await expect(open()).rejects.toThrow(expect.objectContaining({ reason: 'corrupt' }));
  });
});

describe('a state whose lookups are those of another version', () => {
  it('is opened and read with lookups that are computed again', async () => {
    const store = await open();
    await store.write((writer) => writer.put('client_credential', 'a', { id: 'a', client_id: 'web' }));
    const others = { ...stateIn(), lookups: 0 };
    const digest = combined(others.digest, digestOfNumbers(stateIn()), digestOfNumbers(others));
    sql(`DELETE FROM lookup; UPDATE state SET lookups = 0, digest = '${digest}'`);
    const where = { lookup: 'client_id', value: 'web' };
    const read = await readSqlite(file);
    expect(await read.list('client_credential', where, undefined)).toHaveLength(1);
    expect(stateIn().lookups).toBe(0);
    expect(await (await open()).find('client_credential', where)).toEqual({ id: 'a', client_id: 'web' });
    expect(stateIn().lookups).toBe(lookupVersion);
  });

  function stateIn(): StateNumbers & { digest: string } {
    const database = new Database(file);
    const row = database.prepare('SELECT * FROM state').get() as StateNumbers & { digest: string };
    database.close();
    return row;
  }
});

describe('a large state', () => {
  /** Large enough not to be checked each time. */
  async function large(): Promise<void> {
    const store = await open();
    await store.write((writer) => {
      for (let id = 0; id < 400; id += 1) writer.put('client', String(id), { id, text: 'x'.repeat(1000) });
    });
    await store.close();
  }
  const mark = () => readFileSync(`${file}.checked`, 'utf8');
  /** Changes a byte of a document's text, which SQLite itself does not notice. */
  function damage(id: number): void {
    const bytes = readFileSync(file);
    const at = bytes.indexOf(`{"id":${id},`) + 40;
    bytes[at] = 'y'.charCodeAt(0);
    writeFileSync(file, bytes);
  }

  it('is marked as checked by each write, and opened without another check', async () => {
    await large();
    const first = mark();
    const store = await open();
    await store.write((writer) => writer.put('client', 'new', {}));
    expect(mark()).not.toBe(first);
    expect(statSync(`${file}.checked`).mode & 0o777).toBe(0o600);
    damage(7);
    writeFileSync(`${file}.checked`, versionText());
    expect(await (await open()).get('client', '8')).toMatchObject({ id: 8 });
    await expect((await open()).get('client', '7')).rejects.toThrow(expect.objectContaining({ reason: 'corrupt' }));
  });

  it.each<[string, () => void]>([
    ['it was written by another program', () => damage(7)],
    ['its mark is missing', () => rmSync(`${file}.checked`)],
    ['its mark is damaged', () => writeFileSync(`${file}.checked`, '{')],
  ])('is checked again when %s', async (_, change) => {
    await large();
    damage(8);
    change();
    await expect(open()).rejects.toThrow(expect.objectContaining({ reason: 'corrupt' }));
  });

  it('that is damaged while it is open is refused at the next refresh', async () => {
    await large();
    const store = await open();
    await store.refresh();
    damage(9);
    await expect(store.refresh()).rejects.toThrow(expect.objectContaining({ reason: 'corrupt' }));
  });

  it('is opened when its folder is read-only for the mark', async () => {
    await large();
    rmSync(`${file}.checked`);
    mkdirSync(`${file}.checked`);
    expect(await (await open()).count('client')).toBe(400);
  });

  function versionText(): string {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  }
});

describe('two connections to a file', () => {
  it("see each other's writes", async () => {
    const [one, other] = [await open(), await open()];
    await one.write((writer) => writer.put('client', 'a', { n: 1 }));
    await other.refresh();
    expect(await other.get('client', 'a')).toEqual({ n: 1 });
    await other.write(async (writer) =>
      writer.put('client', 'a', { n: Number((await writer.get('client', 'a'))?.n) + 1 }),
    );
    await one.refresh();
    expect(await one.list('client')).toEqual([{ n: 2 }]);
    await one.write((writer) => writer.clear());
    await other.refresh();
    expect(await other.list('client')).toEqual([]);
  });

  it('keep what they have read until they refresh or write', async () => {
    const [one, other] = [await open(), await open()];
    await one.write((writer) => writer.put('client', 'a', { n: 1 }));
    await other.refresh();
    expect(await other.get('client', 'a')).toEqual({ n: 1 });
    await one.write((writer) => writer.put('client', 'a', { n: 2 }));
    expect(await other.get('client', 'a')).toEqual({ n: 1 });
    expect(await other.write((writer) => writer.get('client', 'a'))).toEqual({ n: 2 });
    expect(await other.get('client', 'a')).toEqual({ n: 2 });
  });

  it('keep the object of a document that the other has not written', async () => {
    const [one, other] = [await open(), await open()];
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

  it("don't see an aborted write", async () => {
    const [one, other] = [await open(), await open()];
    const giveUp = () =>
      one.write((writer) => {
        writer.put('client', 'a', {});
        throw new Error('no');
      });
    await expect(giveUp()).rejects.toThrow('no');
    await other.refresh();
    expect(await other.list('client')).toEqual([]);
    await other.write((writer) => writer.put('client', 'b', {}));
    await one.refresh();
    expect(await one.list('client')).toEqual([{}]);
  });
});

describe('two tenants on a file', () => {
  it('are seeded once when both find it empty, and serve the same tenant', async () => {
    const [one, other] = await Promise.all([
      testTenant({ store: await open() }),
      testTenant({ store: await open(), random: sequenceOfBytes('other'), keys: async () => otherTenantKeys }),
    ]);
    expect(one.app.client_id).toBe(other.app.client_id);
    expect(await other.store.list('client')).toHaveLength(2);
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
    const packages = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
    const run = () =>
      promisify(execFile)(process.execPath, [writer, file, String(times)], {
        env: { ...process.env, NODE_PATH: packages },
        timeout: 20_000,
      });
    await Promise.all(Array.from({ length: processes }, run));
    const store = await open();
    expect(await store.get('tenant', 'count')).toEqual({ count: processes * times });
    expect((await store.list('client')).map((document) => document.count)).toEqual(
      Array.from({ length: processes * times }, (_, count) => count),
    );
  });
});
