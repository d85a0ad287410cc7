import { beforeEach, describe, expect, it } from 'vitest';
import { cachedStore } from '../../../../src/local/store/cached-store.ts';
import type { PostgresAddress } from '../../../../src/local/store/postgres/address.ts';
import type { Store } from '../../../../src/local/store/store.ts';
import {
  addressOn,
  eventually,
  listeningProcess,
  opened,
  rowsOf,
  serverOfFile,
} from '../../../support/postgres-store.ts';
import { proxyTo } from '../../../support/proxy.ts';

const server = serverOfFile();

let address: PostgresAddress;
/** Where nothing else is said, the reader's clock stands still: nothing that it knows gets old. */
let nowMs: number;
let warnings: string[];
let writer: Store;
let written: number;
beforeEach(async () => {
  [nowMs, warnings, written] = [0, [], 0];
  address = await addressOn(server());
  writer = cachedStore(await opened(address));
  await write();
});

async function openReader(at = address): Promise<Store> {
  return cachedStore(await opened(at, { now: () => nowMs, warn: (message) => warnings.push(message) }));
}

async function write(): Promise<number> {
  written += 1;
  await writer.write((draft) => draft.put('client', 'a', { n: written }));
  return written;
}

/** What a request sees that may see the state of a moment ago. */
async function lately(reader: Store): Promise<unknown> {
  await reader.refresh({ mayLag: true });
  return (await reader.get('client', 'a'))?.n;
}

async function seesLately(reader: Store, n: number): Promise<void> {
  await eventually(async () => expect(await lately(reader)).toBe(n));
}

describe('a write of another instance', () => {
  it('is seen at once by a request that may not lag', async () => {
    const reader = await openReader();
    await lately(reader);
    for (let n = written; n < 20; n += 1) {
      await write();
      await reader.refresh();
      expect(await reader.get('client', 'a')).toEqual({ n: written });
    }
  });

  it('is seen by one that may lag once the database has notified the instance, however slow its clock is', async () => {
    const reader = await openReader();
    await lately(reader);
    await listeningProcess(address);
    for (let n = 0; n < 5; n += 1) await seesLately(reader, await write());
    expect(warnings).toEqual([]);
  });

  it('is seen without a notification once 40 ms have passed', async () => {
    const proxy = await proxyTo(address.port);
    // The listener connects, and then hears nothing.
    proxy.rule = (sender, data) => (sender === 'client' && data.includes('LISTEN') ? Buffer.alloc(0) : data);
    const reader = await openReader({ ...address, port: proxy.port });
    expect(await lately(reader)).toBe(1);
    await write();
    nowMs += 40;
    expect(await lately(reader)).toBe(1);
    nowMs += 1;
    expect(await lately(reader)).toBe(2);
  });

  it('is seen without waiting by those who ask often', async () => {
    const proxy = await proxyTo(address.port);
    proxy.rule = (sender, data) => (sender === 'client' && data.includes('LISTEN') ? Buffer.alloc(0) : data);
    const reader = await openReader({ ...address, port: proxy.port });
    expect(await lately(reader)).toBe(1);
    await write();
    nowMs += 21;
    expect(await lately(reader)).toBe(1);
    // That request has asked for the next one, which is younger than it: no clock moves from here.
    await seesLately(reader, 2);
  });
});

describe('a listener that loses its connection', () => {
  it('listens again, and nothing written in the meantime is missed', async () => {
    const reader = await openReader();
    await lately(reader);
    let pid = await listeningProcess(address);
    await seesLately(reader, await write());
    for (let round = 0; round < 3; round += 1) {
      await rowsOf(address, 'SELECT pg_terminate_backend($1)', [pid]);
      await seesLately(reader, await write());
      pid = await listeningProcess(address, pid);
      for (let n = 0; n < 3; n += 1) await seesLately(reader, await write());
    }
  });

  it('ends the pause after an outage as soon as the server is back', async () => {
    const reader = await openReader();
    await lately(reader);
    await listeningProcess(address);
    await server().kill9();
    await eventually(() => expect(lately(reader)).rejects.toThrow('cannot reach'));
    await server().start();
    await seesLately(reader, 1);
    await listeningProcess(address);
    writer = cachedStore(await opened(address));
    await seesLately(reader, await write());
  });

  it('tries again when the server refuses to let it listen for the moment', async () => {
    const proxy = await proxyTo(address.port);
    let refused = 0;
    // Another error than that of a server without LISTEN.
    proxy.rule = (sender, data) => {
      if (sender === 'server' || refused === 2 || !data.includes('LISTEN anon_cli')) return data;
      refused += 1;
      return Buffer.from(data.toString('latin1').replace('LISTEN anon_cli', 'SELECT 1/0;    '), 'latin1');
    };
    const reader = await openReader({ ...address, port: proxy.port });
    await lately(reader);
    await listeningProcess(address);
    for (let n = 0; n < 3; n += 1) await seesLately(reader, await write());
    expect(refused).toBe(2);
    expect(warnings).toEqual([]);
  });
});

describe('a server without notifications', () => {
  it('is asked for changes instead, and the operator is warned once', async () => {
    const proxy = await proxyTo(address.port);
    proxy.rule = (_, data) =>
      Buffer.from(data.toString('latin1').replace('LISTEN anon_cli', 'LESTIN anon_cli'), 'latin1');
    const reader = await openReader({ ...address, port: proxy.port });
    expect(await lately(reader)).toBe(1);
    await eventually(() => expect(warnings).toHaveLength(1));
    for (let n = 0; n < 5; n += 1) {
      await write();
      nowMs += 41;
      expect(await lately(reader)).toBe(written);
    }
    expect(warnings).toEqual([expect.stringMatching(/^PostgreSQL at 127\.0\.0\.1:\d+ has no LISTEN\b/)]);
  });

  it('saves commits', async () => {
    await rowsOf(address, 'ALTER FUNCTION pg_catalog.pg_notify(text, text) RENAME TO pg_notify_of_another_engine');
    expect(await write()).toBe(2);
    const reader = await openReader();
    expect(await lately(reader)).toBe(2);
    await write();
    nowMs += 41;
    expect(await lately(reader)).toBe(3);
  });
});

describe('a state that is replaced by another one', () => {
  it.each([true, false])('is read as a whole (mayLag: %s)', async (mayLag) => {
    const reader = await openReader();
    await reader.refresh({ mayLag });
    expect(await reader.get('client', 'a')).toEqual({ n: 1 });
    await rowsOf(address, 'DROP SCHEMA anon_cli CASCADE');
    nowMs += 41;
    await reader.refresh({ mayLag });
    expect(await reader.get('client', 'a')).toBeUndefined();
    writer = cachedStore(await opened(address));
    await write();
    await write();
    nowMs += 41;
    await reader.refresh({ mayLag });
    expect(await reader.get('client', 'a')).toEqual({ n: 3 });
  });

  it('is read as a whole when it is an earlier one', async () => {
    await rowsOf(address, 'CREATE SCHEMA saved; CREATE TABLE saved.document AS TABLE anon_cli.document');
    await write();
    const reader = await openReader();
    await reader.refresh();
    expect(await reader.get('client', 'a')).toEqual({ n: 2 });
    await rowsOf(
      address,
      `TRUNCATE anon_cli.document, anon_cli.change; UPDATE anon_cli.state SET revision = 1;
        INSERT INTO anon_cli.document TABLE saved.document`,
    );
    await reader.refresh();
    expect(await reader.get('client', 'a')).toEqual({ n: 1 });
  });
});
