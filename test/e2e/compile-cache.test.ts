import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newHome, run } from '../support/bin.ts';
import { modeOf } from '../support/folder.ts';

/** The folder for which Node's compile cache was enabled. */
async function cacheFolder(home: string, env: Readonly<Record<string, string>> = {}): Promise<string | undefined> {
  const file = join(home, 'enabled');
  const options = `--require ${resolve('test/support/record-compile-cache.cjs')}`;
  const ran = await run(home, ['--version'], { env: { ...env, NODE_OPTIONS: options, CACHE_FILE: file } });
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
