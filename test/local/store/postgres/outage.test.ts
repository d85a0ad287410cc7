import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cachedStore } from '../../../../src/local/store/cached-store.ts';
import { type Commit, DatabaseUnavailableError, type DocumentDatabase } from '../../../../src/local/store/database.ts';
import type { PostgresAddress } from '../../../../src/local/store/postgres/address.ts';
import {
  addressOn,
  endConnections,
  eventually,
  opened,
  rowsOf,
  serverOfFile,
  session,
  waitingProcess,
} from '../../../support/postgres-store.ts';
import { proxyTo } from '../../../support/proxy.ts';

const server = serverOfFile();

let address: PostgresAddress;
let database: DocumentDatabase;
let warnings: string[];
let nowMs: number;
beforeEach(async () => {
  [warnings, nowMs] = [[], 0];
  address = await addressOn(server());
  database = await open(address);
});

function open(at: PostgresAddress): Promise<DocumentDatabase> {
  return opened(at, { now: () => nowMs, warn: (message) => warnings.push(message) });
}

const putA: Commit = {
  conditions: [{ kind: 'client', id: 'a', revision: 0 }],
  clears: false,
  writes: [{ kind: 'client', id: 'a', document: { n: 1 } }],
};

/** Moves the clocks of pg and of the store. Real time passes too, but nobody waits for it. */
async function pass(ms: number): Promise<void> {
  nowMs += ms;
  await vi.advanceTimersByTimeAsync(ms);
}

function moveTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

const unavailable = (reason: string) => `cannot reach PostgreSQL at 127.0.0.1:${address.port}: ${reason}`;

describe('a connection that the server ends', () => {
  it('is replaced, unused as it was', async () => {
    await endConnections(address);
    expect(await database.get('client', 'a')).toBeUndefined();
    expect(await database.commit(putA)).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('does not fail what was being read: it is read again', async () => {
    await database.commit(putA);
    const other = await session(address);
    await other.query('BEGIN; LOCK TABLE anon_cli.document');
    const read = database.get('client', 'a');
    await other.query('SELECT pg_terminate_backend($1)', [await waitingProcess(address)]);
    await other.query('COMMIT');
    expect(await read).toMatchObject({ document: { n: 1 } });
    expect(warnings).toEqual([]);
  });

  it('is not replaced by another one that has ended too', async () => {
    const proxy = await proxyTo(address.port);
    const far = await open({ ...address, port: proxy.port });
    await Promise.all(Array.from({ length: 5 }, () => far.get('client', 'a')));
    const ended = proxy.accepted;
    expect(ended).toBeGreaterThan(2);
    proxy.rule = (_, data, connection) => (connection > ended ? data : undefined);
    expect(await far.get('client', 'a')).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('is replaced only by one that the server accepts', async () => {
    const proxy = await proxyTo(address.port);
    const far = await open({ ...address, port: proxy.port });
    await far.get('client', 'a');
    proxy.rule = (sender, data, connection) => {
      if (connection === 1 || sender === 'client') return connection === 1 ? undefined : data;
      return Buffer.from('E\0\0\0\x1dSFATAL\0C28P01\0Mpassword\0\0', 'latin1');
    };
    await expect(far.get('client', 'a')).rejects.toThrow('refuses the password');
    proxy.rule = (_, data) => data;
    await expect(far.get('client', 'a')).rejects.toThrow('refuses the password');
    nowMs += 100;
    expect(await far.get('client', 'a')).toBeUndefined();
    expect(warnings).toEqual([
      expect.stringMatching(/refuses the password of user "postgres"\W+trying again/i),
      expect.stringMatching(/^connected to .* again/i),
    ]);
  });

  it('makes what was being written unavailable, without an effect', async () => {
    const other = await session(address);
    await other.query('BEGIN; SELECT FROM anon_cli.state FOR UPDATE');
    const write = database.commit(putA);
    const failure = expect(write).rejects.toThrow(DatabaseUnavailableError);
    await other.query('SELECT pg_terminate_backend($1)', [await waitingProcess(address)]);
    await failure;
    await other.query('COMMIT');
    nowMs += 100;
    expect(await database.get('client', 'a')).toBeUndefined();
    expect(await database.commit(putA)).toBe(1);
  });
});

/** The server's last message, as it sends it when an administrator ends a connection. */
const ending = Buffer.from('E\0\0\0\x29SFATAL\0VFATAL\0C57P01\0Mshutting down\0\0', 'latin1');

describe('a connection that ends in the moment in which it is opened', () => {
  it('makes what was to be done on it unavailable, and nothing else', async () => {
    const proxy = await proxyTo(address.port);
    const far = await open({ ...address, port: proxy.port });
    await endConnections(address);
    const ready = Buffer.from('Z\0\0\0\x05I', 'latin1');
    // In one piece, so that nobody has a chance to send a statement in between.
    proxy.rule = (sender, data) =>
      sender === 'server' && data.subarray(-ready.length).equals(ready) ? Buffer.concat([data, ending]) : data;
    await expect(far.commit(putA)).rejects.toThrow(DatabaseUnavailableError);
    proxy.rule = (_, data) => data;
    nowMs += 100;
    expect(await far.get('client', 'a')).toBeUndefined();
  });
});

describe('a commit that waits for a lock', () => {
  it('ends before the store stops waiting for it', async () => {
    const [row] = await rowsOf(address, "SELECT proconfig FROM pg_proc WHERE oid = 'anon_cli.commit'::regproc");
    const [, milliseconds] = String(row?.proconfig).split('=');
    expect(Number(milliseconds)).toBeGreaterThan(0);
    expect(Number(milliseconds)).toBeLessThan(5000);
  });

  it('is unavailable, and is not saved later', async () => {
    await rowsOf(address, 'ALTER FUNCTION anon_cli.commit SET lock_timeout = 1');
    const other = await session(address);
    await other.query('BEGIN; SELECT FROM anon_cli.state FOR UPDATE');
    const write = database.commit(putA);
    await expect(write).rejects.toThrow(DatabaseUnavailableError);
    await expect(write).rejects.toThrow('cannot be used now: another session has locked the state');
    await other.query('COMMIT');
    expect(await database.get('client', 'a')).toBeUndefined();
    expect(await database.commit(putA)).toBe(1);
    expect(warnings).toEqual([]);
  });
});

describe('a commit whose answer is lost', () => {
  it('is unavailable, is saved, and is not saved a second time', async () => {
    const proxy = await proxyTo(address.port);
    const far = await open({ ...address, port: proxy.port });
    const store = cachedStore(far);
    await store.refresh();
    expect(await store.get('client', 'a')).toBeUndefined();
    let isSent = false;
    proxy.rule = (sender, data) => {
      isSent ||= sender === 'client' && data.includes('anon_cli.commit');
      return isSent && sender === 'server' ? undefined : data;
    };
    await expect(far.commit(putA)).rejects.toThrow(DatabaseUnavailableError);
    proxy.rule = (_, data) => data;
    nowMs += 100;
    expect(await far.commit(putA)).toBeUndefined();
    expect(await far.get('client', 'a')).toEqual({ id: 'a', revision: 1, document: { n: 1 } });
    await store.refresh();
    expect(await store.get('client', 'a')).toEqual({ n: 1 });
  });

  it('takes what may be used once at most once', async () => {
    const proxy = await proxyTo(address.port);
    const far = await open({ ...address, port: proxy.port });
    const time = { nowSeconds: 0, endSeconds: 60 };
    expect(await far.takeOnce('first', time)).toBe(true);
    let isSent = false;
    proxy.rule = (sender, data) => {
      isSent ||= sender === 'client' && data.includes('anon_cli.used_once');
      return isSent && sender === 'server' ? undefined : data;
    };
    await expect(far.takeOnce('ticket', time)).rejects.toThrow(DatabaseUnavailableError);
    proxy.rule = (_, data) => data;
    nowMs += 100;
    expect(await far.takeOnce('ticket', time)).toBe(false);
  });
});

describe('while the server is down', () => {
  it('everything is unavailable at once, and works again once it is started, with all that was answered', async () => {
    const store = cachedStore(database);
    await store.write((writer) => writer.put('client', 'a', { n: 1 }));
    await server().kill9();
    const failure = await store.refresh().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure).toMatchObject({ message: expect.stringContaining(unavailable('')), retryAfterSeconds: 1 });
    await expect(store.write((writer) => writer.remove('client', 'a'))).rejects.toThrow(DatabaseUnavailableError);
    await expect(store.takeOnce('b', { nowSeconds: 0, endSeconds: 1 })).rejects.toThrow(DatabaseUnavailableError);
    await expect(open(address)).rejects.toThrow(unavailable('the connection was refused'));
    nowMs += 5000;
    await expect(store.refresh()).rejects.toThrow(unavailable('the connection was refused'));
    await server().start();
    nowMs += 5000;
    await store.refresh();
    expect(await store.get('client', 'a')).toEqual({ n: 1 });
    expect(warnings).toEqual([
      expect.stringMatching(/^cannot reach PostgreSQL at 127\.0\.0\.1:\d+: .*\W+trying again/i),
      expect.stringMatching(/^connected to PostgreSQL at 127\.0\.0\.1:\d+ again/i),
    ]);
  });

  it('one connection is attempted, and less and less often', async () => {
    const proxy = await proxyTo(address.port);
    const far = await open({ ...address, port: proxy.port });
    proxy.rule = () => undefined;
    const before = proxy.accepted;
    const all = () => Promise.allSettled(Array.from({ length: 20 }, () => far.get('client', 'a')));
    await all();
    const first = proxy.accepted;
    for (const { status } of await all()) expect(status).toBe('rejected');
    expect(proxy.accepted).toBe(first);
    for (const [round, delayMs] of [100, 200, 400, 800, 1600, 3200, 5000, 5000].entries()) {
      nowMs += delayMs - 1;
      await all();
      expect(proxy.accepted).toBe(first + round);
      nowMs += 1;
      await all();
      expect(proxy.accepted).toBe(first + round + 1);
    }
    expect(first).toBeGreaterThan(before);
    proxy.rule = (_, data) => data;
    await expect(far.get('client', 'a')).rejects.toThrow(DatabaseUnavailableError);
    nowMs += 5000;
    expect(await far.get('client', 'a')).toBeUndefined();
  });
});

it('nothing that was answered is lost when the server is killed again and again', async () => {
  const [one, other] = [cachedStore(database), cachedStore(await open(address))];
  const answered: string[] = [];
  const unknown: string[] = [];
  let isOver = false;
  const write = async (name: string, store: typeof one) => {
    for (let n = 0; !isOver; n += 1) {
      nowMs += 10;
      const id = `${name} ${n}`;
      const outcome = store.write((writer) => writer.put('client', id, { id }));
      await outcome.then(
        () => answered.push(id),
        (error) => {
          expect(error).toBeInstanceOf(DatabaseUnavailableError);
          unknown.push(id);
        },
      );
    }
  };
  const writing = [write('one', one), write('other', other)];
  for (let round = 1; round <= 3; round += 1) {
    const goal = answered.length + 10;
    await eventually(() => expect(answered.length).toBeGreaterThan(goal));
    await server().kill9();
    await server().start();
  }
  const goal = answered.length + 10;
  await eventually(() => expect(answered.length).toBeGreaterThan(goal));
  isOver = true;
  await Promise.all(writing);
  const saved = (await rowsOf(address, 'SELECT id FROM anon_cli.document')).map(({ id }) => String(id));
  expect(saved).toEqual(expect.arrayContaining(answered));
  expect(saved.filter((id) => !answered.includes(id) && !unknown.includes(id))).toEqual([]);
  expect(new Set(saved).size).toBe(saved.length);
});

describe('a server that does not answer', () => {
  it('fails everything in the time that it may take, and works again when it answers', async () => {
    await database.commit(putA);
    await server().freeze();
    moveTimers();
    // More than there are connections.
    const requests = [database.commit(putA), ...Array.from({ length: 30 }, () => database.get('client', 'a'))];
    const failures = requests.map((request) =>
      expect(request).rejects.toThrow(unavailable('it does not answer in time')),
    );
    await pass(5001);
    await Promise.all(failures);
    nowMs += 5000;
    const connect = expect(database.get('client', 'a')).rejects.toThrow(unavailable('it does not answer in time'));
    await pass(3000);
    await connect;
    vi.useRealTimers();
    await server().thaw();
    nowMs += 5000;
    expect(await database.get('client', 'a')).toMatchObject({ document: { n: 1 } });
  });
});
