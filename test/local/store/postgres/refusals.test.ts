import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Commit, DatabaseUnavailableError } from '../../../../src/local/store/database.ts';
import type { PostgresAddress } from '../../../../src/local/store/postgres/address.ts';
import type { RefusalReason } from '../../../../src/local/store/postgres/refused-error.ts';
import { served } from '../../../support/http-server.ts';
import {
  addressOf,
  addressOn,
  endConnections,
  eventually,
  opened,
  rowsOf,
  serverOfFile,
  session,
  waitingProcess,
} from '../../../support/postgres-store.ts';

const server = serverOfFile({
  access: `
    host all trusted  all trust
    host all kerberos all gss
    host all rejected all reject
    host all cleartext all password
    host all all      all scram-sha-256
  `,
});

let address: PostgresAddress;
beforeEach(async () => {
  address = await addressOn(server());
});

const putA: Commit = {
  conditions: [],
  clears: false,
  writes: [{ kind: 'client', id: 'a', document: { n: 1 } }],
};

function refused(reason: RefusalReason, message: string) {
  return expect.objectContaining({ name: 'DatabaseRefusedError', reason, message: expect.stringContaining(message) });
}

const serverName = () => `PostgreSQL at 127.0.0.1:${server().port}`;

/** The address for a new user of the server. */
async function userAddress(attributes = ''): Promise<PostgresAddress> {
  const user = `user_of_${address.database}`;
  await rowsOf(address, `CREATE ROLE ${user} PASSWORD 'of the user' ${attributes || 'LOGIN'}`);
  return { ...address, user, password: 'of the user' };
}

describe('a login', () => {
  it('with a wrong password is refused, and the password is not shown', async () => {
    const failure = await opened({ ...address, password: 'wrong one' }).catch((error: unknown) => error);
    expect(failure).toEqual(refused('password', `${serverName()} refuses the password of user "postgres"`));
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('wrong one');
  });

  it('without a password is refused', async () => {
    const { password: _, ...without } = address;
    const message = `${serverName()} requires a password for user "postgres", and none is given`;
    await expect(opened(without)).rejects.toEqual(refused('password', message));
    await expect(opened({ ...without, user: 'cleartext' })).rejects.toEqual(refused('password', 'requires a password'));
  });

  it('of an unknown user is refused as one with a wrong password, or by its name', async () => {
    const unknown = { ...address, user: 'nobody' };
    await expect(opened(unknown)).rejects.toEqual(refused('password', 'refuses the password of user "nobody"'));
    const trusted = opened({ ...address, user: 'trusted' });
    await expect(trusted).rejects.toEqual(refused('login', 'refuses user "trusted": role "trusted" does not exist'));
  });

  it('of a user who may not log in is refused', async () => {
    await expect(opened(await userAddress('NOLOGIN'))).rejects.toEqual(refused('login', 'is not permitted to log in'));
    const rejected = opened({ ...address, user: 'rejected' });
    await expect(rejected).rejects.toEqual(refused('login', 'refuses user "rejected": pg_hba.conf rejects connection'));
  });

  it('that needs another method than a password is refused', async () => {
    const kerberos = opened({ ...address, user: 'kerberos' });
    const message = `${serverName()} refuses user "kerberos": it wants Kerberos or SSPI, which is not supported`;
    await expect(kerberos).rejects.toEqual(refused('login', message));
  });

  it('works again as soon as the password is right', async () => {
    const own = await userAddress('LOGIN SUPERUSER');
    let nowMs = 0;
    const database = await opened(own, { now: () => nowMs });
    await rowsOf(address, `ALTER ROLE ${own.user} PASSWORD 'another'`);
    await endConnections(address);
    await expect(database.get('client', 'a')).rejects.toEqual(refused('password', 'refuses the password'));
    await rowsOf(address, `ALTER ROLE ${own.user} PASSWORD 'of the user'`);
    await expect(database.get('client', 'a')).rejects.toEqual(refused('password', 'refuses the password'));
    nowMs += 100;
    expect(await database.get('client', 'a')).toBeUndefined();
  });
});

describe('a database', () => {
  it('that does not exist is refused', async () => {
    const message = `${serverName()} has no database "elsewhere"`;
    await expect(opened({ ...address, database: 'elsewhere' })).rejects.toEqual(refused('database', message));
  });

  it('that accepts no connections is refused', async () => {
    const admin = addressOf({ url: server().url(), password: server().password });
    await rowsOf(admin, `ALTER DATABASE ${address.database} ALLOW_CONNECTIONS false`);
    await expect(opened(address)).rejects.toEqual(refused('login', 'is not currently accepting connections'));
  });

  it('that the user may not use is refused', async () => {
    const own = await userAddress();
    await rowsOf(address, `REVOKE CONNECT ON DATABASE ${address.database} FROM PUBLIC`);
    await expect(opened(own)).rejects.toEqual(refused('permission', 'permission denied for database'));
  });
});

describe('a user who may not create the schema', () => {
  it('is refused', async () => {
    const own = await userAddress();
    const message = `${serverName()} refuses user "${own.user}": permission denied for database ${address.database}`;
    await expect(opened(own)).rejects.toEqual(refused('permission', message));
  });

  it('can use one that an administrator has created', async () => {
    const own = await userAddress();
    await rowsOf(address, `CREATE SCHEMA anon_cli AUTHORIZATION ${own.user}`);
    const database = await opened(own);
    expect(await database.commit(putA)).toBe(1);
  });

  it("is refused another user's", async () => {
    const own = await userAddress();
    await opened(address);
    await expect(opened(own)).rejects.toEqual(refused('permission', 'permission denied for schema anon_cli'));
    await rowsOf(address, `GRANT USAGE ON SCHEMA anon_cli TO ${own.user}`);
    await expect(opened(own)).rejects.toEqual(refused('permission', 'permission denied for table state'));
    await rowsOf(address, `GRANT SELECT ON ALL TABLES IN SCHEMA anon_cli TO ${own.user}`);
    const database = await opened(own);
    expect(await database.get('client', 'a')).toBeUndefined();
    await expect(database.commit(putA)).rejects.toEqual(refused('permission', 'permission denied for table state'));
  });
});

describe('a server that is for reading', () => {
  it('by a setting refuses writes until the setting changes', async () => {
    const database = await opened(address);
    expect(await database.commit(putA)).toBe(1);
    await rowsOf(address, `ALTER DATABASE ${address.database} SET default_transaction_read_only = on`);
    let nowMs = 0;
    const reader = await opened(address, { now: () => nowMs });
    expect(await reader.get('client', 'a')).toMatchObject({ document: { n: 1 } });
    const message = `${serverName()} lets user "postgres" read only`;
    await expect(reader.commit(putA)).rejects.toEqual(refused('read-only', message));
    await expect(reader.takeOnce('a', { nowSeconds: 0, endSeconds: 1 })).rejects.toEqual(refused('read-only', message));
    await rowsOf(address, `BEGIN READ WRITE; ALTER DATABASE ${address.database} RESET ALL; COMMIT`);
    nowMs += 1000;
    // A session that began earlier may still be in use.
    await reader.commit(putA).catch(() => {});
    await reader.commit(putA);
    expect(await reader.get('client', 'a')).toMatchObject({ document: { n: 1 } });
  });

  it('by a setting refuses to create the schema', async () => {
    await rowsOf(address, `ALTER DATABASE ${address.database} SET default_transaction_read_only = on`);
    await expect(opened(address)).rejects.toEqual(refused('read-only', 'lets user "postgres" read only'));
  });

  it('as a standby is unavailable for writes until it takes over', async () => {
    const database = await opened(address);
    expect(await database.commit(putA)).toBe(1);
    await database.close();
    await server().kill9();
    writeFileSync(join(server().folder, 'data', 'standby.signal'), '');
    await server().start();
    const standby = await opened(address);
    expect(await standby.get('client', 'a')).toMatchObject({ document: { n: 1 } });
    const failure = await standby.commit(putA).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DatabaseUnavailableError);
    expect(failure).toMatchObject({
      message: `${serverName()} cannot be used now: it is a standby server, which cannot be written to`,
    });
    await rowsOf(address, 'SELECT pg_promote()');
    expect(await standby.commit(putA)).toBe(2);
  });
});

describe('a server that has no connection left', () => {
  it('is unavailable until it has one', async () => {
    const own = await userAddress('LOGIN CONNECTION LIMIT 1');
    await rowsOf(address, `CREATE SCHEMA anon_cli AUTHORIZATION ${own.user}`);
    const other = await session(own);
    await expect(opened(own)).rejects.toThrow(DatabaseUnavailableError);
    await expect(opened(own)).rejects.toThrow(`${serverName()} cannot be used now: it has no free connection`);
    await other.end();
    await eventually(() => opened(own));
  });

  it('serves many requests with those that the store has', async () => {
    const own = await userAddress('LOGIN CONNECTION LIMIT 2');
    await rowsOf(address, `CREATE SCHEMA anon_cli AUTHORIZATION ${own.user}`);
    const database = await opened(own);
    const requests = () => Array.from({ length: 40 }, () => database.get('client', 'a'));
    expect(await Promise.all(requests())).toHaveLength(40);
    await endConnections(address);
    await eventually(() => database.get('client', 'a'));
    expect(await Promise.all(requests())).toHaveLength(40);
  });
});

describe('a schema of the same name', () => {
  let address: PostgresAddress;
  beforeAll(async () => {
    address = await addressOn(server());
  });
  beforeEach(() => rowsOf(address, 'DROP SCHEMA IF EXISTS anon_cli CASCADE'));

  const damaged = refused('damaged', 'the schema anon_cli in this database is damaged, or belongs to another program');

  it.each([
    ['another table `state`', 'CREATE TABLE anon_cli.state (name text)'],
    [
      'a table `state` with other types',
      "CREATE TABLE anon_cli.state AS SELECT 'one' AS layout, 'two' AS lookup_version",
    ],
    ['a view `state`', 'CREATE VIEW anon_cli.state AS SELECT 1 AS one'],
    ['another table `document`', 'CREATE TABLE anon_cli.document (name text)'],
    ['another function `commit`', "CREATE FUNCTION anon_cli.commit(work jsonb) RETURNS int LANGUAGE sql AS 'SELECT 1'"],
  ])('that another program has made is refused, and not changed: %s', async (_, statement) => {
    await rowsOf(address, `CREATE SCHEMA anon_cli; ${statement}`);
    await expect(opened(address)).rejects.toEqual(damaged);
    const tables = "SELECT count(*)::int AS tables FROM pg_class WHERE relnamespace = 'anon_cli'::regnamespace";
    const [{ tables: count } = {}] = await rowsOf(address, tables);
    expect(count).toBeLessThan(2);
  });

  it.each([
    ['no row', 'DELETE FROM anon_cli.state'],
    ['an unknown layout', 'UPDATE anon_cli.state SET layout = 0'],
    ['no column', 'ALTER TABLE anon_cli.state DROP COLUMN lookup_version'],
  ])('with a damaged table `state` is refused, before and after it is opened: %s', async (_, statement) => {
    const database = await opened(address);
    await rowsOf(address, statement);
    await expect(opened(address)).rejects.toEqual(damaged);
    await expect(database.changesSince(0, false)).rejects.toEqual(damaged);
  });

  it.each([
    ['no documents', 'DROP TABLE anon_cli.document'],
    ['no lookups', 'DROP TABLE anon_cli.lookup'],
    ['no log of changes', 'DROP TABLE anon_cli.change'],
    ['no function', 'DROP FUNCTION anon_cli.commit'],
    ['no row', 'DELETE FROM anon_cli.state'],
    ['two rows', 'DROP INDEX anon_cli.state_has_one_row; INSERT INTO anon_cli.state TABLE anon_cli.state'],
    ['a last place from earlier', 'UPDATE anon_cli.state SET last_place = 0'],
  ])('refuses to be written to where it has %s', async (_, statement) => {
    const database = await opened(address);
    await database.commit(putA);
    await rowsOf(address, statement);
    const putB: Commit = { ...putA, writes: [{ kind: 'client_credential', id: 'b', document: { client_id: 'a' } }] };
    await expect(database.commit(putB)).rejects.toEqual(damaged);
  });

  it('with a damaged document is refused, and the document is not shown', async () => {
    const database = await opened(address);
    await database.commit(putA);
    await rowsOf(address, `UPDATE anon_cli.document SET body = '{"client_secret": "hush"'`);
    for (const read of [
      () => database.get('client', 'a'),
      () => database.list('client', undefined, undefined),
      () => rowsOf(address, 'UPDATE anon_cli.state SET lookup_version = 0').then(() => opened(address)),
    ]) {
      const failure = await read().catch((error: unknown) => error);
      expect(failure).toEqual(damaged);
      const shown = [failure, (failure as Error).cause].map((error) => String((error as Error | undefined)?.message));
      expect(shown.join()).not.toContain('hush');
    }
  });

  it.each(['layout', 'lookup_version'])('that a later version has written is refused: %s', async (column) => {
    const database = await opened(address);
    await rowsOf(address, `UPDATE anon_cli.state SET ${column} = ${column} + 1`);
    const newer = refused('newer', 'a later version of anon-cli has written the state in this database');
    await expect(opened(address)).rejects.toEqual(newer);
    await expect(database.changesSince(0, false)).rejects.toEqual(newer);
    if (column === 'lookup_version') await expect(database.commit(putA)).rejects.toEqual(newer);
  });
});

it('a server of another kind is refused', async () => {
  // MySQL speaks first.
  const greeting = Buffer.from('J\0\0\0\x0a8.0.36\0', 'latin1');
  const port = await served(createServer((socket) => socket.on('error', () => {}).write(greeting)));
  const message = `PostgreSQL at 127.0.0.1:${port} does not answer as PostgreSQL does`;
  await expect(opened({ ...address, port })).rejects.toEqual(refused('statement', message));
});

it('a statement that somebody cancels is unavailable', async () => {
  const database = await opened(address);
  const other = await session(address);
  await other.query('BEGIN; SELECT FROM anon_cli.state FOR UPDATE');
  const write = expect(database.commit(putA)).rejects.toThrow(DatabaseUnavailableError);
  await other.query('SELECT pg_cancel_backend($1)', [await waitingProcess(address)]);
  await write;
});
