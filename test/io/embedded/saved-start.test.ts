import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LocalServer, ServeOptions } from '../../../src/io/embedded/local-server.ts';
import type { LocalPorts } from '../../../src/io/embedded/ports.ts';
import { stateId } from '../../../src/io/embedded/saved-start.ts';
import { serveLocal } from '../../../src/io/embedded/server.ts';
import { withLocal } from '../../../src/io/embedded/tenant.ts';
import { type TestCertificates, testCertificates } from '../../support/certificates.ts';
import { failureOf, noon } from '../../support/domain.ts';
import { modeOf, temporaryFolder } from '../../support/folder.ts';
import { testTenant } from '../../support/local.ts';
import { sqliteStore } from '../../support/sqlite-store.ts';

interface Machine extends LocalPorts<{ readonly file: string }> {
  readonly certificates: TestCertificates;
  readonly warnings: string[];
  /** The file with the saved start. */
  readonly saved: string;
}

/** A machine with a tenant, whose issuer is https://localhost:4400/. */
async function machine(): Promise<Machine> {
  const folder = join(temporaryFolder(), 'data');
  const path = join(folder, 'local-tenant.db');
  const certificates = testCertificates(join(folder, 'tls'));
  const warnings: string[] = [];
  mkdirSync(dirname(path), { recursive: true });
  const store = await sqliteStore(path);
  await testTenant({ store });
  await store.close();
  return {
    ...{ warnings, certificates, saved: join(folder, 'local-start.json') },
    state: { file: path },
    now: certificates.now,
    warn: (message) => void warnings.push(message),
    exclusively: (work) => work(),
  };
}

function valuesFor(key: string): NonNullable<ServeOptions['values']> {
  return {
    key,
    async find({ clients, resourceServers }) {
      const app = clients.find(({ global }) => !global);
      const api = resourceServers.find(({ is_system }) => !is_system);
      if (!app || !api) return undefined;
      return {
        app: { clientId: app.client_id, name: app.name ?? '' },
        api: { audience: api.identifier, name: api.name ?? '' },
      };
    },
  };
}

const usual: ServeOptions = { port: 0, domain: 'localhost:4400', control: 'token', values: valuesFor('one') };

/** Serves the tenant until the test ends, and does not open it where it may wait. */
async function serve(ports: Machine, options: ServeOptions = {}): Promise<LocalServer> {
  const server = await serveLocal(ports, { ...usual, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** One start and end, after which everything is saved. */
async function startOnce(ports: Machine, options: ServeOptions = {}): Promise<LocalServer> {
  const server = await serveLocal(ports, { ...usual, ...options });
  await server.open();
  await server.save();
  await server.close();
  rmSync(join(dirname(ports.saved), 'local-start.lock'));
  return server;
}

/** Whether a server has opened its tenant since the last {@link startOnce}: only then does it lock the tenant's issuer. */
function hasOpened({ saved }: Machine): boolean {
  return existsSync(join(dirname(saved), 'local-start.lock'));
}

const facts = ({ issuer, issuerBefore, edition, authority, predictable, guests }: LocalServer) => ({
  ...{ issuer, issuerBefore, edition, authority, predictable, guests },
});

describe('a start after which nothing has changed', () => {
  it('finds the same as the one before, without opening the tenant', async () => {
    const ports = await machine();
    const first = await startOnce(ports);
    const expected = { facts: facts(first), values: await valuesOf(ports) };
    const server = await serve(ports);
    expect({ facts: facts(server), values: await server.values() }).toEqual(expected);
    expect(expected.values).toMatchObject({ app: { name: 'web' }, api: { audience: 'https://api.shop.example' } });
    expect(hasOpened(ports)).toBe(false);
    await server.open();
    expect(hasOpened(ports)).toBe(true);
  });

  it('answers requests at once, which open the tenant', async () => {
    const ports = await machine();
    await startOnce(ports);
    const server = await serve(ports);
    const paths = ['/.well-known/jwks.json', '/.well-known/openid-configuration'];
    const responses = await Promise.all(paths.map((path) => fetch(`http://localhost:${server.port}${path}`)));
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(await responses[1]?.json()).toMatchObject({ issuer: 'https://localhost:4400/' });
    await server.close();
  });

  it('has its own control token, and announces it', async () => {
    const ports = await machine();
    const first = await startOnce(ports);
    const server = await serve(ports);
    await server.open();
    expect(server.control?.token).toMatch(/^[\w-]{43}$/);
    expect(server.control?.token).not.toBe(first.control?.token);
    const file = join(dirname(ports.saved), 'control', `${server.port}.json`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ token: server.control?.token });
  });

  it('ends without having opened the tenant', async () => {
    const ports = await machine();
    await startOnce(ports);
    const server = await serve(ports);
    await server.close();
    await expect(fetch(`http://localhost:${server.port}/`)).rejects.toThrow('fetch failed');
  });

  it('saves nothing again', async () => {
    const ports = await machine();
    await startOnce(ports);
    utimesSync(ports.saved, noon / 1000, noon / 1000);
    await startOnce(ports);
    expect(statSync(ports.saved).mtimeMs).toBe(noon);
  });

  it('finds no secret in a file, and nobody else can read it', async () => {
    const ports = await machine();
    await startOnce(ports);
    const text = readFileSync(ports.saved, 'utf8');
    const secrets = await withLocal(ports, {}, async (local) => [
      (await local.managementCredentials()).clientSecret,
      ...(await local.guestObjects()).clients.map(({ client_secret }) => String(client_secret)),
    ]);
    expect(secrets.length).toBeGreaterThan(1);
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(modeOf(ports.saved)).toBe('600');
  });

  it('listens over plain HTTP without looking at certificates', async () => {
    const ports = await machine();
    await startOnce(ports, { plainHttp: true });
    const server = await serve(ports, { plainHttp: true });
    expect({ opened: hasOpened(ports), authority: server.authority }).toEqual({
      opened: false,
      authority: undefined,
    });
  });
});

/** As a start finds them that has to look. */
async function valuesOf(ports: Machine) {
  const server = await serveLocal(ports, { ...usual, values: valuesFor('another') });
  const values = await server.values();
  await server.close();
  rmSync(join(dirname(ports.saved), 'local-start.lock'));
  return values;
}

/** Everything that a start may find otherwise than the one before. */
const changes: Record<string, (ports: Machine) => ServeOptions | void | Promise<void>> = {
  'the state was changed': (ports) => withLocal(ports, {}, (local) => local.reset()),
  'a change of the state was begun': ({ state: { file } }) => writeFileSync(`${file}-journal`, ''),
  'there is no state': ({ state: { file } }) => rmSync(file),
  'the saved start is damaged': ({ saved }) => writeFileSync(saved, '{'),
  'the saved start is of another form': ({ saved }) => writeFileSync(saved, '{"key":"one"}'),
  'the saved start is missing': ({ saved }) => rmSync(saved),
  "the server's certificate was replaced": ({ certificates: { folder } }) => touch(join(folder, 'server.pem')),
  "the authority's key was replaced": ({ certificates: { folder } }) => touch(join(folder, 'ca-key.pem')),
  "the authority's certificate was replaced": ({ certificates: { folder } }) => touch(join(folder, 'ca.pem')),
  'a certificate is missing': ({ certificates: { folder } }) => rmSync(join(folder, 'server.pem')),
  'the certificate is to be renewed': ({ certificates }) => certificates.forward(370 * 86_400_000),
  'the certificate is not valid yet': ({ certificates }) => certificates.forward(-2 * 86_400_000),
  'a host name is not in the certificate': () => ({ hosts: ['shop.test'] }),
  'an address is not in the certificate': () => ({ address: '127.0.0.2' }),
  'another domain was given': () => ({ domain: 'tenant.test' }),
  'the port makes the issuer': () => ({ domain: undefined }),
  "the caller's values depend on something else": () => ({ values: valuesFor('two') }),
  'the caller wants no values': () => ({ values: undefined }),
};

/** Another file with the same content. */
function touch(path: string): void {
  const content = readFileSync(path);
  rmSync(path);
  writeFileSync(path, content, { mode: 0o600 });
}

describe('a start opens the tenant before it listens where', () => {
  it.each(Object.keys(changes))('%s', async (name) => {
    const ports = await machine();
    await startOnce(ports);
    const options = (await changes[name]?.(ports)) ?? {};
    await serve(ports, options);
    expect(hasOpened(ports)).toBe(true);
  });

  it('nothing has changed, if it did not find everything in order before', async () => {
    const ports = await machine();
    await serve(ports);
    expect(hasOpened(ports)).toBe(true);
  });
});

it('refuses another edition as if nothing were saved', async () => {
  const ports = await machine();
  await startOnce(ports);
  expect(await failureOf(() => serveLocal(ports, { ...usual, edition: 'ea' }))).toMatchObject({
    code: 'edition_unsupported',
  });
});

it('follows a change that a running server has seen, at its end', async () => {
  const ports = await machine();
  const server = await serve(ports);
  await server.open();
  await withLocal(ports, {}, (local) => local.setIssuer('https://localhost:4401/'));
  await server.save();
  await server.close();
  rmSync(join(dirname(ports.saved), 'local-start.lock'));
  const next = await serve(ports, { domain: 'localhost:4401' });
  expect({ opened: hasOpened(ports), issuer: next.issuer, before: next.issuerBefore }).toEqual({
    opened: false,
    issuer: 'https://localhost:4401/',
    before: undefined,
  });
});

it('reports what keeps the tenant from being opened, and its requests fail', async () => {
  const ports = await machine();
  await startOnce(ports);
  const server = await serve(ports);
  const database = new Database(ports.state.file);
  database.exec('PRAGMA user_version = 99');
  database.close();
  expect((await fetch(`http://localhost:${server.port}/.well-known/jwks.json`)).status).toBe(500);
  expect(await failureOf(() => server.open())).toMatchObject({ code: 'state_unusable' });
  await server.close();
});

it("gives a state's file another id after every change, and none during one", async () => {
  const { file } = (await machine()).state;
  const ids = [stateId(file)];
  const database = new Database(file);
  for (const statement of ['CREATE TABLE more (id)', 'INSERT INTO more VALUES (1)', 'UPDATE more SET id = 2']) {
    database.exec('BEGIN IMMEDIATE');
    database.exec(statement);
    expect(stateId(file)).toBeUndefined();
    database.exec('COMMIT');
    ids.push(stateId(file));
  }
  database.close();
  expect(new Set(ids).size).toBe(4);
  expect(ids).not.toContain(undefined);
});
