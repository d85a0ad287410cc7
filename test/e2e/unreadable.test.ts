import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { homeAfter, newHome, type Run, run } from '../support/bin.ts';
import { modeOf } from '../support/folder.ts';

/** Root can read everything, so tests that run as root start the program as another user. */
const nobody = process.getuid?.() === 0 ? 65_534 : undefined;

interface Home {
  readonly path: string;
  readonly config: string;
  readonly data: string;
  run(...args: string[]): Promise<Run>;
}

/** The home of an unprivileged user, with saved guests and a current profile. */
async function usedHome(): Promise<Home> {
  const path = await homeAfter(
    ['quickstart'],
    ['login', 'acme', '--no-check', '--domain', 'acme.example'],
    ['profile', 'use', 'local'],
  );
  if (nobody !== undefined) {
    for (const name of ['', ...readdirSync(path, { recursive: true, encoding: 'utf8' })]) {
      chownSync(join(path, name), nobody, nobody);
    }
  }
  return {
    path,
    config: join(path, '.config', 'anon-cli'),
    data: join(path, '.local', 'share', 'anon-cli'),
    run: (...args) => run(path, args, { uid: nobody }),
  };
}

/** Removes all permissions until the test ends. */
function closed(path: string): void {
  const mode = statSync(path).mode;
  chmodSync(path, 0);
  onTestFinished(() => chmodSync(path, mode));
}

describe('a file that cannot be read is an error with its path, and never treated as missing', () => {
  const profiles = (home: Home) => join(home.config, 'profiles.json');
  it.each<[string, (home: Home) => string, string[]]>([
    ['the profiles', profiles, ['profile', 'list']],
    ['the profiles', profiles, ['app', 'list']],
    ['the folder of the profiles', ({ config }) => config, ['profile', 'list']],
    ['the folder of the profiles', ({ config }) => config, ['token', 'create']],
    ['a session', ({ data }) => join(data, 'credentials', 'session~local~default.json'), ['token', 'get']],
    ['the folder of secrets', ({ data }) => join(data, 'credentials'), ['token', 'update']],
    ['the names of sessions', ({ data }) => join(data, 'session-names', 'local'), ['session', 'list']],
    ['the folder of names', ({ data }) => join(data, 'session-names'), ['session', 'list']],
    ['the local tenant', ({ data }) => join(data, 'local-tenant.db'), ['app', 'list']],
    ['the data folder', ({ data }) => data, ['app', 'list']],
    ['the data folder', ({ data }) => data, ['token', 'get']],
  ])('%s, by %s %s', async (_, pathOf, command) => {
    const home = await usedHome();
    const path = pathOf(home);
    closed(path);
    const { code, signal, stdout, stderr } = await home.run(...command);
    expect({ code, signal, stdout }).toEqual({ code: 1, signal: null, stdout: '' });
    expect(stderr).toMatch(/^error: .*cannot be (read|opened|made|written): permission denied\.\n(hint: .*\n)?$/);
    expect(stderr).toContain(path);
  });

  it.each<[string, (path: string) => void, string]>([
    ['a file where a folder should be', (path) => writeFileSync(path, ''), 'part of its path is not a folder'],
    ['a link to itself', (path) => symlinkSync(path, path), 'its symbolic links form a loop'],
  ])('%s', async (_, make, words) => {
    const home = await usedHome();
    for (const [folder, command] of [
      [join(home.data, 'credentials'), ['token', 'get']],
      [join(home.data, 'session-names'), ['session', 'list']],
      [home.config, ['profile', 'list']],
    ] as const) {
      renameSync(folder, `${folder}.before`);
      make(folder);
      const { code, stdout, stderr } = await home.run(...command);
      expect({ folder, code, stdout }).toEqual({ folder, code: 1, stdout: '' });
      expect(stderr).toContain(words);
      expect(stderr).toContain(folder);
    }
  });

  it('a path that is too long', async () => {
    const { code, stdout, stderr } = await run(newHome(), ['profile', 'list'], {
      env: { XDG_CONFIG_HOME: `/${'x'.repeat(300)}` },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('its path is too long');
  });

  it('an unreadable state can be reset', async () => {
    const home = await usedHome();
    closed(join(home.data, 'local-tenant.db'));
    const { code, stderr } = await home.run('local', 'reset', '--yes');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('cannot be used: permission denied. It was moved to '),
    });
    expect(await home.run('app', 'list')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('files of the program that other users can read', () => {
  const open = (home: Home) => {
    for (const folder of [home.config, home.data]) {
      for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
        const path = join(folder, name);
        chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
      }
    }
  };

  it('are made private with a warning, once', async () => {
    const home = await usedHome();
    open(home);
    const touched = [
      home.config,
      join(home.config, 'profiles.json'),
      home.data,
      join(home.data, 'local-tenant.db'),
      join(home.data, 'credentials'),
      join(home.data, 'credentials', 'session~local~default.json'),
      join(home.data, 'session-names'),
      join(home.data, 'session-names', 'local'),
    ];
    const { code, stderr } = await home.run('token', 'update');
    expect(code).toBe(0);
    for (const path of touched) {
      expect(stderr.split('\n').filter((line) => line.includes(` ${path} was open to other users`))).toHaveLength(1);
    }
    expect(touched.map(modeOf)).toEqual(['700', '600', '700', '600', '700', '600', '700', '700']);
    expect(await home.run('token', 'update')).toMatchObject({ code: 0, stderr: '' });
  });

  it('are made private whatever a command reads, even only the names of sessions', async () => {
    const home = await usedHome();
    const names = join(home.data, 'session-names');
    const touched = [home.config, home.data, names];
    for (const path of touched) chmodSync(path, 0o777);
    const { code, stderr } = await home.run('session', 'list');
    expect(code).toBe(0);
    expect(stderr.match(/ was open to other users \(mode 0777\)\. Its mode is now 0700\./g)).toHaveLength(3);
    expect(touched.map(modeOf)).toEqual(['700', '700', '700']);
  });

  it('are made private through a symbolic link, which is preserved', async () => {
    const home = await usedHome();
    const path = join(home.config, 'profiles.json');
    const elsewhere = join(home.path, 'dotfiles.json');
    renameSync(path, elsewhere);
    symlinkSync(elsewhere, path);
    chmodSync(elsewhere, 0o664);
    expect((await home.run('profile', 'list')).stderr).toBe(
      `warning: ${path} was open to other users (mode 0664). Its mode is now 0600.\n`,
    );
    expect(modeOf(elsewhere)).toBe('600');
  });

  it('are read for completion without changes or messages', async () => {
    const home = await usedHome();
    open(home);
    expect(await home.run('complete', 'zsh', '--', 'profile', 'use', '')).toMatchObject({ code: 0, stderr: '' });
    expect(modeOf(join(home.config, 'profiles.json'))).toBe('644');
  });
});

it('a new folder is private', async () => {
  const home = newHome();
  mkdirSync(join(home, 'x'), { mode: 0o755 });
  await run(home, ['app', 'list'], { env: { XDG_DATA_HOME: join(home, 'x') } });
  expect(modeOf(join(home, 'x', 'anon-cli'))).toBe('700');
});
