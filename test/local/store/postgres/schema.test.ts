import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cachedStore } from '../../../../src/local/store/cached-store.ts';
import { type Commit, DatabaseUnavailableError } from '../../../../src/local/store/database.ts';
import { lookupVersion } from '../../../../src/local/store/lookups.ts';
import type { PostgresAddress } from '../../../../src/local/store/postgres/address.ts';
import { addressOf, opened, rowsOf, session, testAddress, waitingProcess } from '../../../support/postgres-store.ts';
import { proxyTo } from '../../../support/proxy.ts';
import { testDatabase } from '../../../support/test-postgres.ts';

let address: PostgresAddress;
beforeEach(async () => {
  address = await testAddress();
});

const ofWeb = { lookup: 'client_id', value: 'web' };

function putCredentials(count: number): Commit {
  const ids = Array.from({ length: count }, (_, n) => `credential\u0000 ${n}`);
  const writes = ids.map((id, n) => ({
    kind: 'client_credential' as const,
    id,
    document: { n, client_id: n % 2 ? 'web' : 'ü🛒' },
  }));
  return { conditions: [], clears: false, writes };
}

const lockForChanges = "BEGIN; SELECT pg_advisory_xact_lock(x'616e6f6e'::int)";

describe('an empty database', () => {
  it('is filled by one of ten instances that open it at once', async () => {
    const proxy = await proxyTo(address.port);
    const created: string[] = [];
    proxy.rule = (sender, data) => {
      if (sender === 'client') created.push(...(data.toString('latin1').match(/CREATE (SCHEMA|TABLE) [\w.]+/g) ?? []));
      return data;
    };
    const databases = await Promise.all(Array.from({ length: 10 }, () => opened({ ...address, port: proxy.port })));
    expect(created).toContain('CREATE SCHEMA anon_cli');
    expect(created).toContain('CREATE TABLE anon_cli.state');
    expect(new Set(created).size).toBe(created.length);
    const revisions = await Promise.all(databases.map((database) => database.commit(putCredentials(1))));
    expect(revisions.toSorted((one, other) => Number(one) - Number(other))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('is filled again after its schema was dropped, by whichever instance needs it first', async () => {
    const databases = await Promise.all([1, 2, 3].map(() => opened(address)));
    await databases[0]?.commit(putCredentials(1));
    await rowsOf(address, 'DROP SCHEMA anon_cli CASCADE');
    const revisions = await Promise.all(databases.map((database) => database.commit(putCredentials(1))));
    expect(revisions.toSorted()).toEqual([1, 2, 3]);
  });

  it('may belong to a user who waits for locks but briefly, and have any defaults and characters', async () => {
    const { url, password } = await testDatabase();
    const admin = addressOf({ url, password });
    const database = `${admin.database}_latin1`;
    await rowsOf(admin, `CREATE DATABASE ${database} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'`);
    onTestFinished(async () => void (await rowsOf(admin, `DROP DATABASE ${database} WITH (FORCE)`)));
    address = { ...admin, database };
    for (const setting of [
      "default_transaction_isolation = 'serializable'",
      'lock_timeout = 1',
      "search_path = ''",
      'standard_conforming_strings = off',
      "DateStyle = 'German'",
    ]) {
      await rowsOf(address, `ALTER DATABASE ${database} SET ${setting}`);
    }
    const other = await session(address);
    await other.query(lockForChanges);
    const opening = Promise.all([opened(address)]);
    await waitingProcess(address);
    await other.query('COMMIT');
    const [one] = await opening;
    const stores = [one, await opened(address)].map((given) => cachedStore(given as NonNullable<typeof given>));
    const add = (store: (typeof stores)[number]) =>
      store.write(async (writer) => {
        const n = Number((await writer.get('client', 'ü🛒\u0000'))?.n ?? 0);
        writer.put('client', 'ü🛒\u0000', { n: n + 1, web_origins: ['https://ü.example'] });
      });
    await Promise.all(stores.flatMap((store) => Array.from({ length: 10 }, () => add(store))));
    for (const store of stores) {
      await store.refresh();
      expect(await store.get('client', 'ü🛒\u0000')).toMatchObject({ n: 20 });
      expect(await store.count('client', { lookup: 'origin', value: new URL('https://ü.example').origin })).toBe(1);
    }
  });
});

describe('an instance that waits for another one to create the schema', () => {
  it('goes on when that one has ended', async () => {
    const other = await session(address);
    await other.query(lockForChanges);
    const opening = opened(address);
    await waitingProcess(address);
    await other.query('CREATE SCHEMA anon_cli; ROLLBACK');
    expect(await (await opening).commit(putCredentials(1))).toBe(1);
  });

  it('gives up when that one stands still', async () => {
    const other = await session(address);
    await other.query(lockForChanges);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const opening = expect(opened(address)).rejects.toThrow(DatabaseUnavailableError);
    await waitingProcess(address);
    await vi.advanceTimersByTimeAsync(60_000);
    await opening;
  });
});

describe('lookups that another version has computed', () => {
  const lookups = () => rowsOf(address, 'TABLE anon_cli.lookup ORDER BY place, kind, lookup, value');

  /** As a version would that has fewer lookups, and others. */
  const outdate = () =>
    rowsOf(
      address,
      `UPDATE anon_cli.state SET lookup_version = 0; DELETE FROM anon_cli.lookup WHERE place % 3 = 0;
        UPDATE anon_cli.lookup SET value = 'of an earlier version' WHERE place % 3 = 1`,
    );

  it('are computed again by the first instance that opens the database', async () => {
    await (await opened(address)).commit(putCredentials(2500));
    const before = await lookups();
    expect(before).toHaveLength(2500);
    await outdate();
    const databases = await Promise.all(Array.from({ length: 5 }, () => opened(address)));
    expect(await lookups()).toEqual(before);
    const found = await databases[0]?.list('client_credential', ofWeb, undefined);
    expect(found?.map(({ document }) => document.n)).toEqual(Array.from({ length: 1250 }, (_, n) => 2 * n + 1));
  });

  it('are computed again when an open instance asks for changes', async () => {
    const database = await opened(address);
    await database.commit(putCredentials(10));
    const before = await lookups();
    await outdate();
    expect((await database.changesSince(1, false)).revision).toBe(1);
    expect(await lookups()).toEqual(before);
  });

  it('are computed again before an open instance saves', async () => {
    const database = await opened(address);
    await database.commit(putCredentials(10));
    const before = await lookups();
    await outdate();
    expect(await database.commit({ conditions: [], clears: false, writes: [] })).toBe(2);
    expect(await lookups()).toEqual(before);
  });

  it('are not those of a commit that waited while they were computed', async () => {
    const database = await opened(address);
    await database.commit(putCredentials(1));
    const other = await session(address);
    await other.query('BEGIN; UPDATE anon_cli.state SET lookup_version = 0');
    const saving = database.commit(putCredentials(3));
    await waitingProcess(address);
    await other.query('COMMIT');
    expect(await saving).toBe(2);
    expect(await lookups()).toHaveLength(3);
    const [state] = await rowsOf(address, 'SELECT lookup_version, revision::int FROM anon_cli.state');
    expect(state).toEqual({ lookup_version: lookupVersion, revision: 2 });
  });
});
