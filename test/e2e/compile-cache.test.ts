import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homeAfter, newHome, run } from '../support/bin.ts';
import { modeOf } from '../support/folder.ts';
import { jsonOf, serve } from '../support/local-server.ts';

/** Without the cache that all homes share in these tests. */
const ownCache = { XDG_CACHE_HOME: '' };

/** The folder for which Node's compile cache was enabled. */
async function cacheFolder(home: string, env: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  const file = join(home, 'enabled');
  const options = `--require ${resolve('test/support/record-compile-cache.cjs')}`;
  const ran = await run(home, ['--version'], { env: { ...ownCache, ...env, NODE_OPTIONS: options, CACHE_FILE: file } });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

describe("Node's compile cache", () => {
  it('is a private folder below the home folder or XDG_CACHE_HOME', async () => {
    const home = newHome();
    const folder = join(home, '.cache', 'anon-cli', 'compile-cache');
    expect(await cacheFolder(home)).toBe(folder);
    expect(modeOf(folder)).toBe('700');
    expect(await cacheFolder(home)).toBe(folder);
    const named = join(home, 'elsewhere');
    expect(await cacheFolder(home, { XDG_CACHE_HOME: named })).toBe(join(named, 'anon-cli', 'compile-cache'));
    expect(await cacheFolder(home, { XDG_CACHE_HOME: 'relative' })).toBe(folder);
  });

  it.each([
    ['NODE_DISABLE_COMPILE_CACHE', '1'],
    ['NODE_COMPILE_CACHE', '/nowhere'],
  ])('is left to %s', async (name, value) => {
    const home = newHome();
    expect(await cacheFolder(home, { [name]: value })).toBeUndefined();
    expect(existsSync(join(home, '.cache'))).toBe(false);
  });

  it('is not used if other users can write to it', async () => {
    const home = newHome();
    const folder = join(home, '.cache', 'anon-cli', 'compile-cache');
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    expect(await cacheFolder(home)).toBeUndefined();
  });

  it('is skipped without an error if it cannot be created', async () => {
    const home = newHome();
    expect(await cacheFolder(home, { XDG_CACHE_HOME: '/dev/null' })).toBeUndefined();
    expect(await cacheFolder(home, { XDG_CACHE_HOME: '', HOME: '/' })).toBeUndefined();
  });
});

describe('the compile cache for Node.js before 22.8', () => {
  const folderIn = (home: string) => join(home, '.cache', 'anon-cli', 'compile-cache');
  const filesIn = (home: string) => readdirSync(folderIn(home)).map((name) => join(folderIn(home), name));
  const writtenIn = (home: string) => filesIn(home).map((path) => [path, statSync(path).ino]);

  async function statusOf(home: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    const options = `--require ${resolve('test/support/no-compile-cache.cjs')}`;
    const ran = await run(home, ['status', '--json'], { env: { ...ownCache, NODE_OPTIONS: options, ...env } });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    return ran.stdout;
  }

  it('saves the compiled code of each loaded file once, in files that only this user can read', async () => {
    const home = newHome();
    const first = await statusOf(home);
    const written = writtenIn(home);
    expect(written.length).toBeGreaterThan(2);
    expect(modeOf(folderIn(home))).toBe('700');
    for (const path of filesIn(home)) expect(modeOf(path)).toBe('600');
    expect(await statusOf(home)).toBe(first);
    expect(writtenIn(home)).toEqual(written);
  });

  it('uses the saved code of a command that sends requests', async () => {
    const home = await homeAfter(['quickstart']);
    const { client_id: app } = await jsonOf<{ client_id: string }>(home, ['app', 'show', 'web']);
    const { url } = await serve(home, [], undefined, { NODE_DISABLE_COMPILE_CACHE: '1' });
    const options = `--require ${resolve('test/support/no-compile-cache.cjs')}`;
    const create = async () => {
      const args = ['token', 'create', '--count', '1', '--app', app, '--api', 'https://api.shop.example'];
      const ran = await run(home, args, { env: { ...ownCache, NODE_OPTIONS: options, AUTH0_DOMAIN: url } });
      expect(ran.code).toBe(0);
    };
    await create();
    const written = writtenIn(home);
    await create();
    expect(writtenIn(home)).toEqual(written);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut off', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['full of zeros', (bytes) => Buffer.alloc(bytes.length)],
    ['different in one byte', (bytes) => Buffer.from(bytes).fill(bytes.readUInt8(2000) ^ 0x55, 2000, 2001)],
    ['of another version of V8', ofAnotherVersion],
  ])('replaces a file that is %s', async (_, damaged) => {
    const home = newHome();
    const first = await statusOf(home);
    const before = writtenIn(home);
    for (const path of filesIn(home)) writeFileSync(path, damaged(readFileSync(path)));
    expect(await statusOf(home)).toBe(first);
    const replaced = writtenIn(home);
    expect(replaced.map(([path]) => path)).toEqual(before.map(([path]) => path));
    for (const [index, [, ino]] of replaced.entries()) expect(ino).not.toBe(before[index]?.[1]);
    expect(await statusOf(home)).toBe(first);
    expect(writtenIn(home)).toEqual(replaced);
  });

  it('saves the code of a server while it runs, because V8 later forgets the code of its start', async () => {
    const home = await homeAfter(['quickstart']);
    rmSync(folderIn(home), { recursive: true, force: true });
    const options = `--require ${resolve('test/support/no-compile-cache.cjs')}`;
    const { stop } = await serve(home, [], undefined, { ...ownCache, NODE_OPTIONS: options });
    await expect.poll(() => existsSync(folderIn(home)) && filesIn(home).length, { timeout: 10_000 }).toBeGreaterThan(1);
    await stop('SIGKILL');
  });

  it('leaves no file behind on a full disk, and the command works', async () => {
    const home = newHome();
    const [full, old] = ['full-disk', 'no-compile-cache'].map((name) => resolve(`test/support/${name}.cjs`));
    await statusOf(home, { NODE_OPTIONS: `--require ${full} --require ${old}` });
    expect(filesIn(home)).toEqual([]);
  });

  it('is off with NODE_DISABLE_COMPILE_CACHE', async () => {
    const home = newHome();
    await statusOf(home, { NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(existsSync(join(home, '.cache'))).toBe(false);
  });

  it.each([[['--version']], [['--help']], [['token', 'create', '--help']], [['complete', 'bash', '--', 'api', '']]])(
    'is off where it saves no time: %j',
    async (args) => {
      const home = newHome();
      const options = `--require ${resolve('test/support/no-compile-cache.cjs')}`;
      expect(await run(home, args, { env: { ...ownCache, NODE_OPTIONS: options } })).toMatchObject({
        code: 0,
        stderr: '',
      });
      expect(existsSync(join(home, '.cache'))).toBe(false);
    },
  );

  it('finds code by a digest of the source, so that it never runs the code of another version', () => {
    for (const name of readdirSync('dist').filter((file) => file.endsWith('.cjs'))) {
      const text = readFileSync(join('dist', name), 'utf8');
      const [source, digest] = [text.slice(0, -19), text.slice(-19)];
      const expected = createHash('sha256').update(source).digest('hex').slice(0, 16);
      expect(digest, name).toBe(`//${expected}\n`);
    }
  });
});

/** Each file holds the code twice. Its second number is of the version. */
function ofAnotherVersion(bytes: Buffer): Buffer {
  const code = Buffer.from(bytes.subarray(0, bytes.length / 2)).fill(0, 4, 8);
  return Buffer.concat([code, code]);
}
