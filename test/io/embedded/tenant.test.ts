import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tenantTime } from '../../../src/domain/exchange/tenant-time.ts';
import { readTenant } from '../../../src/domain/tenant/settings.ts';
import type { LocalPorts } from '../../../src/io/embedded/ports.ts';
import { serveLocal } from '../../../src/io/embedded/server.ts';
import { connectLocal, openLocal } from '../../../src/io/embedded/tenant.ts';
import type { LocalTenant } from '../../../src/local/open-tenant.ts';
import type { EditionName } from '../../../src/wire/edition/edition.ts';
import { testCertificates } from '../../support/certificates.ts';
import { failureOf, noon, retry, steppingClock } from '../../support/domain.ts';
import { modeOf, temporaryFolder } from '../../support/folder.ts';
import { freePort } from '../../support/free-port.ts';
import { testTenant } from '../../support/local.ts';
import { sqliteStore } from '../../support/sqlite-store.ts';

interface FilePorts extends LocalPorts {
  readonly warnings: string[];
  readonly folder: string;
  /** The file of the state. */
  readonly path: string;
}

function localPorts(): FilePorts {
  const folder = join(temporaryFolder(), 'data');
  const path = join(folder, 'local-tenant.db');
  const warnings: string[] = [];
  return {
    folder,
    warnings,
    path,
    state: { file: path },
    now: () => noon,
    warn: (message) => void warnings.push(message),
    exclusively: (work) => work(),
    certificates: testCertificates(join(folder, 'tls')),
  };
}

/** Opens the tenant until the test ends. */
async function open(ports: LocalPorts): Promise<LocalTenant> {
  const local = await openLocal(ports);
  onTestFinished(() => local.close());
  return local;
}

/** A state with the keys of every test tenant: creating new ones takes a while. */
async function withState(ports: FilePorts, edition?: EditionName): Promise<void> {
  mkdirSync(dirname(ports.path), { recursive: true });
  const store = await sqliteStore(ports.path);
  await testTenant({ store, edition });
  await store.close();
}

function sql(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  database.exec(text);
  database.close();
}

describe('the state of the embedded tenant', () => {
  it('is created on first use, readable only by its owner, and reused the next time', async () => {
    const ports = localPorts();
    const first = await (await open(ports)).managementCredentials();
    expect([modeOf(ports.folder), modeOf(ports.path)]).toEqual(['700', '600']);
    expect(await (await open(ports)).managementCredentials()).toEqual(first);
    expect(ports.warnings).toEqual([]);
  });

  const text = 'this is not a database, and it is longer than a header. '.repeat(40);
  it.each<[string, string, (path: string) => void]>([
    ['is damaged', 'text', (path) => writeFileSync(path, text)],
    ['is damaged', 'a file that has lost all that was in it', (path) => writeFileSync(path, '')],
    ["is another program's database", 'a database', (path) => sql(path, 'CREATE TABLE bookmark (url TEXT)')],
  ])('that %s (%s) is set aside unchanged, and a new one is created', async (what, _, make) => {
    const ports = localPorts();
    mkdirSync(ports.folder);
    make(ports.path);
    writeFileSync(`${ports.path}-journal`, 'its companion');
    const before = readFileSync(ports.path);
    const local = await open(ports);
    expect(local.issuer).toBe('https://localhost:4400/');
    const aside = `${ports.path}.set-aside-20260601T120000Z`;
    expect(ports.warnings).toEqual([
      `The local tenant's state ${ports.path} ${what}. It was moved to ${aside}, and a new tenant takes its place.`,
    ]);
    expect(readFileSync(aside)).toEqual(before);
  });

  it('of a newer version is refused and left unchanged', async () => {
    const ports = localPorts();
    await withState(ports);
    sql(ports.path, 'PRAGMA user_version = 4');
    const before = readFileSync(ports.path);
    expect(await failureOf(() => openLocal(ports))).toMatchObject({
      code: 'state_unusable',
      message: `The local tenant's state ${ports.path} was written by a newer anon-cli.`,
    });
    expect(readFileSync(ports.path)).toEqual(before);
    expect(readdirSync(ports.folder)).toHaveLength(1);
  });

  it('that another process has just set aside is not set aside again', async () => {
    const ports = localPorts();
    mkdirSync(ports.folder);
    writeFileSync(ports.path, text);
    const exclusively: LocalPorts['exclusively'] = async (work) => {
      // What the other process does while this one waits for the lock.
      await (await open(ports)).close();
      ports.warnings.length = 0;
      return work();
    };
    const local = await open({ ...ports, exclusively });
    expect((await local.managementCredentials()).clientId).toMatch(/\S{20}/);
    expect(ports.warnings).toEqual([]);
    expect(readdirSync(ports.folder)).toHaveLength(2);
  });

  it('cannot be a folder', async () => {
    const ports = localPorts();
    mkdirSync(ports.path, { recursive: true });
    expect(await failureOf(() => openLocal(ports))).toMatchObject({
      code: 'state_unusable',
      message: `${ports.path} cannot be opened: it is a folder.`,
    });
  });
});

it.each(['preview', 'ea'] as const)(
  'the embedded tenant works like any other, without a socket: %s',
  async (edition) => {
    const ports = localPorts();
    await withState(ports, edition);
    const clock = steppingClock();
    const world = { clock, timeBy: tenantTime, retry, warn() {} };
    const tenant = await connectLocal(ports, { profile: 'local', selection: '', ...world });
    expect(tenant.edition).toBe(edition);
    expect(await readTenant(tenant)).toMatchObject({ name: 'Local tenant', edition });
    expect(await tenant.sessionKeys?.()).toEqual([expect.objectContaining({ length: 32 })]);
  },
);

describe('the embedded tenant on a socket', () => {
  it('answers with the issuer of its port until it is closed', async () => {
    const ports = localPorts();
    await withState(ports);
    const server = await serveLocal(ports, { port: 0, rateLimit: undefined });
    expect(server.issuer).toBe(`https://localhost:${server.port}/`);
    const response = await fetch(`http://127.0.0.1:${server.port}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({ issuer: server.issuer });
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('reports a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const ports = localPorts();
    expect(await failureOf(() => serveLocal(ports, { port, rateLimit: undefined }))).toMatchObject({
      code: 'failed',
      message: `Port ${port} is in use.`,
    });
    // The next start would try this port again.
    const local = await openLocal(ports);
    onTestFinished(() => local.close());
    expect(local.issuer).toBe('https://localhost:4400/');
  });

  it('frees the port when the state cannot be used', async () => {
    const ports = localPorts();
    await withState(ports);
    sql(ports.path, 'PRAGMA user_version = 4');
    const port = await freePort();
    expect(await failureOf(() => serveLocal(ports, { port, rateLimit: undefined }))).toMatchObject({
      code: 'state_unusable',
    });
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    other.close();
  });
});
