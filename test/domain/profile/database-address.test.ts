import { describe, expect, it } from 'vitest';
import {
  addressText,
  type PostgresAddress,
  readDatabaseAddress,
} from '../../../src/domain/profile/database-address.ts';
import { failureOf } from '../../support/domain.ts';

const systemUser = () => 'me';

/** The parts of an address, without those that are not set. */
function partsOf(text: string, env: Record<string, string> = {}): Partial<PostgresAddress> {
  const address = readDatabaseAddress(text, { env, systemUser });
  return Object.fromEntries(Object.entries(address).filter(([, value]) => value !== undefined));
}

const defaults = { host: 'localhost', port: 5432, user: 'me', database: 'me', sslMode: 'prefer' };

describe('the address of a database', () => {
  it.each<[string, Partial<PostgresAddress>]>([
    ['postgres://', {}],
    ['postgresql://', {}],
    ['POSTGRES://', {}],
    ['postgres:///', {}],
    ['postgres:///?', {}],
    ['postgres://localhost', {}],
    ['postgres://localhost/', {}],
    ['postgres://:5433', { port: 5433 }],
    ['postgres://db.example', { host: 'db.example' }],
    ['postgres://db.example:', { host: 'db.example' }],
    ['postgres://db.example:6432', { host: 'db.example', port: 6432 }],
    ['postgres://db.example:1/', { host: 'db.example', port: 1 }],
    ['postgres://db.example:65535/', { host: 'db.example', port: 65_535 }],
    ['postgres://DB_1.example/', { host: 'DB_1.example' }],
    ['postgres://10.0.0.7/anon', { host: '10.0.0.7', database: 'anon' }],
    ['postgres:///anon', { database: 'anon' }],
    ['postgres://app@', { user: 'app', database: 'app' }],
    ['postgres://app@/anon', { user: 'app', database: 'anon' }],
    ['postgres://app@db.example/anon', { user: 'app', host: 'db.example', database: 'anon' }],
    ['postgresql://app@db.example:6432/anon', { user: 'app', host: 'db.example', port: 6432, database: 'anon' }],
    ['postgres://app:@db.example/anon', { user: 'app', host: 'db.example', database: 'anon' }],
    ['postgres://app:pw@db.example/anon', { user: 'app', password: 'pw', host: 'db.example', database: 'anon' }],
    ['postgres://:pw@db.example', { password: 'pw', host: 'db.example' }],
    ['postgres://app:a:b@db.example', { user: 'app', database: 'app', password: 'a:b', host: 'db.example' }],
    ['postgres://app:a@b@db.example', { user: 'app', database: 'app', password: 'a@b', host: 'db.example' }],
    ['postgres://app:a#b@db.example', { user: 'app', database: 'app', password: 'a#b', host: 'db.example' }],
    ['postgres://app:%40%2F%3F%25@db.example', { user: 'app', database: 'app', password: '@/?%', host: 'db.example' }],
    ['postgres://app%40acme@db.example/anon', { user: 'app@acme', host: 'db.example', database: 'anon' }],
    ['postgres://d%C3%BCrer@db.example/k%C3%BCche', { user: 'dürer', host: 'db.example', database: 'küche' }],
    ['postgres://db.example/my%20shop', { host: 'db.example', database: 'my shop' }],
    ['postgres://db.example/a%2Fb', { host: 'db.example', database: 'a/b' }],
    ['postgres://db.example/a+b', { host: 'db.example', database: 'a+b' }],
    ['postgres://[::1]', { host: '::1' }],
    ['postgres://app@[::1]:6432/anon', { user: 'app', host: '::1', port: 6432, database: 'anon' }],
    ['postgres://[2001:db8::7]/anon', { host: '2001:db8::7', database: 'anon' }],
    ['postgres://[::ffff:10.0.0.7]/anon', { host: '::ffff:10.0.0.7', database: 'anon' }],
    ['postgres://[fe80::1%25eth0]/anon', { host: 'fe80::1%eth0', database: 'anon' }],
    ['postgres://%2Fvar%2Frun%2Fpostgresql/anon', { host: '/var/run/postgresql', database: 'anon' }],
    ['postgres:///anon?host=/var/run/postgresql', { host: '/var/run/postgresql', database: 'anon' }],
    ['postgres://app@:6432/anon?host=/tmp', { user: 'app', host: '/tmp', port: 6432, database: 'anon' }],
    ['postgres:///?host=::1', { host: '::1' }],
    ['postgres:///?user=app&dbname=anon&port=6432', { user: 'app', database: 'anon', port: 6432 }],
    ['postgres://app@h?password=a%26b', { user: 'app', database: 'app', host: 'h', password: 'a&b' }],
    ['postgres:///?sslmode=disable', { sslMode: 'disable' }],
    ['postgres:///?sslmode=allow', { sslMode: 'allow' }],
    ['postgres:///?sslmode=prefer', {}],
    ['postgres:///?sslmode=require', { sslMode: 'require' }],
    ['postgres:///?sslmode=verify-ca', { sslMode: 'verify-ca' }],
    ['postgres:///?sslmode=verify-full', { sslMode: 'verify-full' }],
    ['postgres:///?ssl=true', { sslMode: 'require' }],
    ['postgres:///?sslmode=', {}],
    ['postgres:///?&sslmode=require&', { sslMode: 'require' }],
    ['postgres:///?sslrootcert=/etc/ca.pem', { sslRootCert: '/etc/ca.pem' }],
    ['postgres:///?sslrootcert=a=b.pem', { sslRootCert: 'a=b.pem' }],
    ['postgres:///?sslrootcert=system', { sslMode: 'verify-full' }],
    ['postgres:///?sslrootcert=system&sslmode=verify-full', { sslMode: 'verify-full' }],
    ['postgres:///?sslcert=c.pem&sslkey=my%20key.pem', { sslCert: 'c.pem', sslKey: 'my key.pem' }],
    ['postgres:///?connect_timeout=10', { connectTimeoutSeconds: 10 }],
  ])('%s is read', (text, parts) => {
    expect(partsOf(text)).toEqual({ ...defaults, ...parts });
  });

  const encode = "write '@', '/' and '?' in a user name, password or file name as %40, %2F and %3F";
  const percent = "each '%' must begin a character's code, such as %40 for '@'; write '%' itself as %25";
  const example = 'Example: postgres://anon@db.example:5432/anon';
  const supported =
    'Leave it out. Supported: host, port, user, password, dbname, sslmode, sslrootcert, sslcert, sslkey, connect_timeout';
  const brackets = 'Write an IPv6 address in brackets: postgres://anon@[::1]:5432/anon';
  const oneHost = 'Give one host: the primary server, or a proxy in front of it.';
  const anyHost = 'Give a host name, an IP address, or the folder of a Unix socket.';
  const modes = 'Choose disable, allow, prefer, require, verify-ca, verify-full.';

  it.each([
    ['', 'it must begin with postgres:// or postgresql://', example],
    ['anon', 'it must begin with postgres:// or postgresql://', example],
    ['db.example:5432/anon', 'it must begin with postgres:// or postgresql://', example],
    ['mysql://app:s3cret@db.example/anon', 'it must begin with postgres:// or postgresql://', example],
    ['postgres:/app:s3cret@db.example/anon', 'it must begin with postgres:// or postgresql://', example],
    ['host=db.example password=s3cret', 'it must begin with postgres:// or postgresql://', example],
    ['postgres://app:s3/cret@db.example/anon', encode, example],
    ['postgres://app:s3?cret@db.example/anon', encode, example],
    ['postgres://app:12/s3cret@db.example/anon', encode, example],
    ['postgres://db.example/anon?sslcert=me@acme.pem', encode, example],
    ['postgres://app:s3cret%@db.example/anon', percent, example],
    ['postgres://app:s3cret%zz@db.example/anon', percent, example],
    ['postgres://app:s3cret%FF@db.example/anon', percent, example],
    ['postgres://db.example/a%00b', percent, example],
    ['postgres://db.example/a/b', "write a '/' in the name of the database as %2F", example],
    ['postgres://one.example,two.example/anon', 'several hosts are not supported', oneHost],
    ['postgres://one.example:1,two.example:2/anon', 'several hosts are not supported', oneHost],
    ['postgres:///anon?host=one.example,two.example', 'several hosts are not supported', oneHost],
    ['postgres://::1/anon', 'its host is not valid', brackets],
    ['postgres://::1:5432/anon', 'its host is not valid', brackets],
    ['postgres://[::1/anon', 'its host is not valid', brackets],
    ['postgres://[db.example]/anon', 'its host is not valid', brackets],
    ['postgres://[::1]5432/anon', 'its host is not valid', brackets],
    ['postgres://[12345::1]/anon', 'its host is not valid', anyHost],
    ['postgres:///?host=a:b', 'its host is not valid', anyHost],
    ['postgres://db%20example/anon', 'its host is not valid', anyHost],
    ['postgres://db.example:0/anon', 'its port is not a number from 1 to 65535', example],
    ['postgres://db.example:65536/anon', 'its port is not a number from 1 to 65535', example],
    ['postgres://db.example:s3cret/anon', 'its port is not a number from 1 to 65535', example],
    ['postgres://db.example:-1/anon', 'its port is not a number from 1 to 65535', example],
    ['postgres://db.example?port=5432x', 'its port is not a number from 1 to 65535', example],
    ['postgres://db.example?host=other.example', 'it gives the host twice', example],
    ['postgres://app@db.example?user=other', 'it gives the user twice', example],
    ['postgres://app:s3cret@db.example?password=s3cret', 'it gives the password twice', example],
    ['postgres:///anon?dbname=anon', 'it gives the database twice', example],
    ['postgres:///?sslmode=require&sslmode=disable', 'it gives the parameter sslmode twice', example],
    ['postgres:///?ssl=true&sslmode=disable', 'it gives the parameter sslmode twice', example],
    ['postgres:///?sslmode', "the parameter 'sslmode' has no value", example],
    ['postgres:///?sslmod=require', "the parameter 'sslmod' is not supported", "Did you mean 'sslmode'?"],
    ['postgres:///?SSLMODE=require', "the parameter 'SSLMODE' is not supported", "Did you mean 'sslmode'?"],
    ['postgres:///?passwort=s3cret', "the parameter 'passwort' is not supported", "Did you mean 'password'?"],
    ['postgres:///?channel_binding=require', "the parameter 'channel_binding' is not supported", supported],
    ['postgres:///?constructor=x', "the parameter 'constructor' is not supported", supported],
    ['postgres:///?%0A=x', 'the parameter is not supported', supported],
    ['postgres:///?sslmode=verify', "unknown sslmode 'verify'", "Did you mean 'verify-ca'?"],
    ['postgres:///?sslmode=required', "unknown sslmode 'required'", "Did you mean 'require'?"],
    ['postgres:///?sslmode=on', "unknown sslmode 'on'", modes],
    ['postgres:///?sslrootcert=system&sslmode=require', 'sslrootcert=system needs sslmode=verify-full', example],
    ['postgres:///?connect_timeout=0', 'connect_timeout is not a number of seconds from 1 to 3600', example],
    ['postgres:///?connect_timeout=3s', 'connect_timeout is not a number of seconds from 1 to 3600', example],
    ['postgres:///?connect_timeout=3601', 'connect_timeout is not a number of seconds from 1 to 3600', example],
  ])('%j is refused: %s', async (text, reason, hint) => {
    const failure = await failureOf(() => readDatabaseAddress(text, { source: ' in --database', systemUser }));
    expect(failure).toMatchObject({
      code: 'usage',
      message: `Invalid database address in --database: ${reason}.`,
      hint,
    });
    expect(`${failure.message} ${failure.hint}`).not.toMatch(/s3|cret/);
  });
});

describe("libpq's variables", () => {
  const env = {
    PGHOST: 'db.example',
    PGPORT: '6432',
    PGUSER: 'app',
    PGDATABASE: 'anon',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: '/etc/ca.pem',
    PGSSLCERT: '/etc/me.pem',
    PGSSLKEY: '/etc/me.key',
    PGPASSWORD: 'pw',
  };

  it('apply to what the address leaves out', () => {
    const all = { host: 'db.example', port: 6432, user: 'app', database: 'anon', sslMode: 'verify-full' };
    const files = { sslRootCert: '/etc/ca.pem', sslCert: '/etc/me.pem', sslKey: '/etc/me.key' };
    expect(partsOf('postgres://', env)).toEqual({ ...all, ...files });
    const address = 'postgres://me@localhost:1/own?sslmode=require&sslrootcert=a&sslcert=b&sslkey=c';
    expect(partsOf(address, env)).toEqual(partsOf(address));
    expect(partsOf('postgres:///?sslrootcert=system', { PGSSLROOTCERT: 'ca.pem' })).toEqual(
      partsOf('postgres:///?sslrootcert=system'),
    );
  });

  it('count as not set when they are empty', () => {
    const empty = Object.fromEntries(Object.keys(env).map((name) => [name, '']));
    expect(partsOf('postgres://', empty)).toEqual(defaults);
  });

  it.each([
    ['PGPORT', 'x', 'its port is not a number from 1 to 65535'],
    ['PGSSLMODE', 'no', "unknown sslmode 'no'"],
    ['PGHOST', 'one.example,two.example', 'several hosts are not supported'],
  ])('%s=%s is refused by name', async (variable, value, reason) => {
    expect(await failureOf(() => partsOf('postgres://', { [variable]: value }))).toMatchObject({
      code: 'usage',
      message: `Invalid database address with ${variable}: ${reason}.`,
    });
  });

  it('must name a user where the system knows none', async () => {
    const nobody = { systemUser: () => undefined };
    expect(await failureOf(() => readDatabaseAddress('postgres://db.example', nobody))).toMatchObject({
      code: 'usage',
      message: 'Invalid database address: it names no user.',
      hint: 'Add one: postgres://<user>@<host>/<database>',
    });
    expect(readDatabaseAddress('postgres://', { env: { PGUSER: 'app' } }).user).toBe('app');
  });
});

describe('an address in messages and profiles', () => {
  it.each([
    ['postgres://', 'postgres://me@localhost/me'],
    ['postgresql://app:s3cret@db.example:5432/anon', 'postgres://app@db.example/anon'],
    ['postgres://app@db.example:6432?password=s3cret', 'postgres://app@db.example:6432/app'],
    ['postgres://[fe80::1%25eth0]:6432/a%2Fb', 'postgres://me@[fe80::1%25eth0]:6432/a%2Fb'],
    ['postgres://a%40b:s3cret@h/%1B%5B2J', 'postgres://a%40b@h/%1B%5B2J'],
    ['postgres://%2Ftmp:6432/anon', 'postgres://me@:6432/anon?host=/tmp'],
    [
      'postgres://h/d?connect_timeout=5&sslrootcert=/etc/my%20ca.pem&sslmode=verify-ca',
      'postgres://me@h/d?sslmode=verify-ca&sslrootcert=/etc/my%20ca.pem&connect_timeout=5',
    ],
    ['postgres://h/d?sslcert=c%26d&sslkey=%25', 'postgres://me@h/d?sslcert=c%26d&sslkey=%25'],
    ['postgres://h/d?sslrootcert=system', 'postgres://me@h/d?sslmode=verify-full'],
  ])('%s is %s', (text, shown) => {
    const address = readDatabaseAddress(text, { systemUser });
    expect(addressText(address)).toBe(shown);
    expect(readDatabaseAddress(shown)).toEqual({ ...address, password: undefined });
  });
});
