import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bin, environment, homeAfter, newHome, run } from '../support/bin.ts';
import { jsonOf, serve } from '../support/local-server.ts';
import { part } from '../support/tokens.ts';

/** What the program loaded for a command line, in order: paths of files below the project's folder, names of builtins. */
async function loadedBy(
  home: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const file = join(home, 'loaded.json');
  const options = `--require ${resolve('test/support/record-loaded.cjs')}`;
  const { code, stderr } = await run(home, args, { env: { ...more, NODE_OPTIONS: options, LOADED_FILE: file } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** A home whose tenant is served, and a way to create a session there over HTTP. */
async function remoteCreation() {
  const home = await homeAfter(['quickstart']);
  const { client_id } = await jsonOf<{ client_id: string }>(home, ['app', 'show', 'web']);
  const { port } = await serve(home);
  const command = ['token', 'create', '--app', client_id, '--api', 'https://api.shop.example'];
  return { home, env: { AUTH0_DOMAIN: `http://localhost:${port}` }, command };
}

/** The loaded files that the build wrote. */
function built(loaded: readonly string[]): string[] {
  return loaded.filter((name) => name.startsWith('dist/')).map((name) => name.slice('dist/'.length, -'.cjs'.length));
}

const costly = [
  'child_process',
  'crypto',
  'events',
  'http',
  'https',
  'net',
  'stream',
  'tls',
  'tty',
  'url',
  'worker_threads',
];

/** Those of `names` that were loaded. Every file must exist: otherwise a renamed file would never be found. */
function among(loaded: readonly string[], names: readonly string[]): string[] {
  for (const name of names) expect(existsSync(`dist/${name}.cjs`), name).toBe(true);
  return names.filter((name) => loaded.includes(name));
}

describe('what a command loads', () => {
  it.each([
    [['--version'], ['start-quick']],
    [['--help'], ['start-quick', 'program-help']],
    [
      ['help', 'token'],
      ['start-quick', 'program-help'],
    ],
    // The table of commands tells an argument from a word of the path.
    [
      ['token', 'decode', 'file', '--help'],
      ['start-quick', 'program-help', 'start'],
    ],
    [
      ['token', 'create', '--help'],
      ['start-quick', 'program-help'],
    ],
  ])('for %j is one or two files, and nothing expensive', async (args, files) => {
    const loaded = await loadedBy(newHome(), args);
    expect(built(loaded)).toEqual(files);
    expect(loaded.filter((name) => costly.includes(name) || name.includes('node_modules'))).toEqual([]);
  });

  it('for token decode with a cloud tenant is one file, with the parser: no keys, no cipher, no state', async () => {
    const token = `${part({ alg: 'RS256', kid: 'k' })}.${part({ iss: 'https://acme.eu.auth0.com/' })}.${part('signature')}`;
    const loaded = await loadedBy(newHome(), ['token', 'decode', token]);
    expect(built(loaded)).toEqual(['start-token-decode']);
    expect(loaded.filter((name) => name.includes('node_modules'))).toEqual([]);
    expect(loaded.filter((name) => costly.includes(name) && name !== 'events')).toEqual([]);
  });

  it('for token decode of the local tenant is its keys, but not the tenant', async () => {
    const home = await homeAfter(['quickstart']);
    const { stdout } = await run(home, ['token', 'create', '--field', 'access_token']);
    const loaded = built(await loadedBy(home, ['token', 'decode', stdout.trim()]));
    expect(loaded).toContain('local-state-read-state');
    expect(among(loaded, ['local-open-tenant', 'io-embedded-tenant', 'io-http-http'])).toEqual([]);
  });

  it('for token create on the local tenant has no network client, no prompts and no server', async () => {
    const home = await homeAfter(['quickstart']);
    const loaded = built(await loadedBy(home, ['token', 'create']));
    expect(loaded).toEqual(['start-token-create', 'libsql']);
    const others = [
      ...['io-http-http', 'io-terminal-prompt', 'io-store-keyring', 'io-store-secret-files'],
      ...['world-management-credentials', 'domain-exchange-management-private-key'],
      ...['io-embedded-control', 'local-http-listen', 'program-help'],
    ];
    expect(among(loaded, others)).toEqual([]);
  });

  it('for local start is one file until it listens where nothing has changed, and then the tenant and what answers requests, without logins and Actions', async () => {
    const home = await homeAfter(['quickstart']);
    const file = join(home, 'loaded.json');
    const options = `--require ${resolve('test/support/record-loaded.cjs')}`;
    const usual = ['--port', '0', '--domain', 'localhost:4400', '--json'];
    const start = async () => {
      const { port, stop } = await serve(home, [], usual, { NODE_OPTIONS: options, LOADED_FILE: file });
      expect((await fetch(`http://localhost:${port}/.well-known/jwks.json`)).status).toBe(200);
      await stop();
      const loaded: string[] = JSON.parse(readFileSync(file, 'utf8'));
      // Neither TLS before its first connection, nor what libsql would load to find its binary.
      expect(loaded.filter((name) => /^(tls|https|child_process)$/.test(name))).toEqual([]);
      const packages = loaded.filter((name) => name.includes('node_modules'));
      expect(packages).toEqual([expect.stringMatching(/^node_modules\/@libsql\/[^/]+\/index\.node$/)]);
      return loaded;
    };
    // Makes the certificates.
    await (await serve(home, [], usual)).stop();
    // Nothing has changed since.
    const loaded = await start();
    const [entry, ...later] = built(loaded);
    expect(entry).toBe('start-local-start');
    expect(later.sort()).toEqual([
      ...['io-embedded-opened-server', 'io-embedded-running-servers', 'io-embedded-save-start', 'libsql'],
      ...['local-http-request-listener', 'local-responder'],
    ]);
    const tenant = loaded.indexOf('dist/io-embedded-opened-server.cjs');
    const first = loaded.slice(0, tenant).filter((name) => costly.includes(name));
    expect(first.sort()).toEqual(['events', 'http', 'net']);
    // The next start has to look.
    await run(home, ['tenant', 'set-lifetime', '20d']);
    const changed = await start();
    expect(changed.indexOf('dist/libsql.cjs')).toBeLessThan(changed.indexOf('http'));
  });

  it('for local start does not include routes, so that the test above can fail', () => {
    const mark = 'Insufficient scope, expected any of';
    expect(readFileSync('dist/local-responder.cjs', 'utf8')).toContain(mark);
    for (const name of ['start-local-start', 'io-embedded-opened-server']) {
      expect(readFileSync(`dist/${name}.cjs`, 'utf8')).not.toContain(mark);
    }
  });

  it("finds libsql's binary with libsql's own search where the C library is unknown", async () => {
    const unknown = "Object.defineProperty(process, 'execPath', { value: '/nowhere' });";
    const query = "new (require('./dist/libsql.cjs'))(':memory:').prepare('SELECT 7 AS number').get().number";
    const loaded = "Object.keys(require.cache).some((path) => path.includes('detect-libc'))";
    for (const [before, searches] of [
      ['', false],
      [unknown, true],
    ] as const) {
      const script = `${before} console.log(JSON.stringify([${query}, ${loaded}]))`;
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
      expect(JSON.parse(stdout)).toEqual([7, searches]);
    }
  });

  it("for a tenant on the network is undici's connections only", async () => {
    const { home, env, command } = await remoteCreation();
    const loaded = await loadedBy(home, command, env);
    expect(built(loaded)).toContain('io-http-http');
    expect(loaded).toContain('net');
    expect(loaded.filter((name) => /^(worker_threads|perf_hooks|dns|zlib|console|util\/types)$/.test(name))).toEqual(
      [],
    );
  });

  it('for a tenant on the network is compiled once: Node would not end before its parser is compiled again', async () => {
    const { home, env, command } = await remoteCreation();
    const tracing = ['--trace-wasm-compilation-times', bin, ...command];
    const { stdout } = await promisify(execFile)(process.execPath, tracing, { env: environment(home, env) });
    expect(stdout).toMatch(/Compiled function \S+ using Liftoff/);
    expect(stdout).not.toContain('TurboFan');
  });

  it('for completing words and options is the list from the build, and nothing expensive', async () => {
    for (const line of [
      ['api', ''],
      ['token', 'create', '--'],
      ['tenant', 'set-format', ''],
    ]) {
      const loaded = await loadedBy(newHome(), ['complete', 'bash', '--', ...line]);
      expect(built(loaded)).toEqual(['start-quick', 'completion-answer', 'program-completion-tree']);
      expect(loaded.filter((name) => costly.includes(name) || name.includes('node_modules'))).toEqual([]);
    }
  });

  it('for completing names is only the state of the local tenant, without any command', async () => {
    const home = newHome();
    const names = ['complete', 'bash', '--', 'app', 'show', ''];
    const none = await loadedBy(home, names);
    expect(none.filter((name) => name.includes('node_modules'))).toEqual([]);
    await run(home, ['quickstart']);
    const loaded = built(await loadedBy(home, names));
    expect(loaded).toContain('local-state-read-state');
    expect(loaded.filter((name) => name.startsWith('commands-'))).toEqual([]);
    const others = ['local-open-tenant', 'io-embedded-tenant', 'io-http-http', 'program-help'];
    expect(among(loaded, others)).toEqual([]);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['no colour code when stdout is a pipe', {}, false],
    ['no colour code with NO_COLOR', { NO_COLOR: '1' }, false],
    ['the colour code with FORCE_COLOR', { FORCE_COLOR: '1' }, true],
  ])('is %s', async (_, env, paints) => {
    for (const args of [['tenant', 'show'], ['--help']]) {
      const loaded = built(await loadedBy(newHome(), args, env));
      expect(loaded.includes('io-terminal-palette'), args.join(' ')).toBe(paints);
    }
  });

  it('does not include the JSON file code if there is no JSON file', async () => {
    const home = newHome();
    const loaded = built(await loadedBy(home, ['profile', 'list']));
    expect(among(loaded, ['io-files-json-file'])).toEqual([]);
    await run(home, ['quickstart']);
    expect(built(await loadedBy(home, ['profile', 'list']))).toContain('io-files-json-file');
  });

  it('has painting and JSON files in separate build files, so that the two tests above can fail', () => {
    const text = (name: string) => readFileSync(`dist/${name}.cjs`, 'utf8');
    const holding = readdirSync('dist')
      .map((file) => file.replace(/\.cjs$/, ''))
      .filter((name) => existsSync(`dist/${name}.cjs`));
    const withCode = (mark: string) => holding.filter((name) => text(name).includes(mark));
    expect(withCode('overline')).toEqual(['io-terminal-palette']);
    expect(withCode('clearInvalidConfig')).toEqual([
      ...['io-files-json-file', 'start-local-start', 'start-token-create'],
    ]);
  });

  it('for a command does not include code of another command', async () => {
    const loaded = built(await loadedBy(newHome(), ['tenant', 'show']));
    expect(loaded.filter((name) => name.startsWith('commands-'))).toEqual(['commands-tenant-show']);
  });
});
