import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { homeAfter, newHome, run } from '../support/bin.ts';
import { jsonOf } from '../support/local-server.ts';

/** The path of the local tenant's state in `home`. */
async function statePath(home: string): Promise<string> {
  const { state } = await jsonOf<{ state: string }>(home, ['local', 'show']);
  return state;
}

/** A database of another program. */
function foreignDatabase(path: string): void {
  const database = new Database(path);
  database.exec('CREATE TABLE notes (text TEXT)');
  database.close();
}

describe("a user's files", () => {
  it('are readable only by the user', async () => {
    const home = newHome();
    await run(home, ['quickstart']);
    const folder = dirname(await statePath(home));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
    const modes = files.map((path) => ({
      path,
      mode: statSync(path).mode & 0o777,
      folder: statSync(path).isDirectory(),
    }));
    expect(modes.length).toBeGreaterThan(2);
    expect(modes.filter(({ mode, folder }) => mode !== (folder ? 0o700 : 0o600))).toEqual([]);
  });

  it.each([
    ['damaged', (path: string) => writeFileSync(path, 'this is no database '.repeat(400))],
    ['cut off', (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 5000))],
    ["another program's", foreignDatabase],
  ])('a file that is %s is saved under another name and reported, and a new tenant is created', async (_, spoil) => {
    const [home, other] = [newHome(), newHome()];
    const path = await statePath(home);
    const spoilt = await statePath(other);
    if (spoil === foreignDatabase) writeFileSync(spoilt, '');
    spoil(spoilt);
    const bytes = readFileSync(spoilt);
    writeFileSync(path, bytes);

    const { code, stderr } = await run(home, ['tenant', 'show']);
    const aside = readdirSync(dirname(path)).filter((name) => name.includes('set-aside'));
    expect(code).toBe(0);
    expect(aside).toHaveLength(1);
    expect(stderr).toContain(aside[0]);
    expect(readFileSync(join(dirname(path), aside[0] ?? '')).equals(bytes)).toBe(true);
    expect(await run(home, ['tenant', 'show'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('unreadable profiles and sessions are set aside the same way', async () => {
    const home = await homeAfter(['quickstart']);
    const spoilt = [
      join(home, '.config', 'anon-cli', 'profiles.json'),
      join(dirname(await statePath(home)), 'credentials', 'session~local~default.json'),
    ];
    for (const path of spoilt) {
      expect(existsSync(path)).toBe(true);
      writeFileSync(path, '{"half":');
    }
    const { code, stderr } = await run(home, ['token', 'decode']);
    expect(code).toBe(2);
    for (const path of spoilt) {
      const aside = readdirSync(dirname(path)).find((name) => name.includes('set-aside')) ?? '';
      expect(readFileSync(join(dirname(path), aside), 'utf8')).toBe('{"half":');
      expect(stderr).toContain(aside);
    }
  });

  it('from a newer version are left alone', async () => {
    const home = newHome();
    const folder = join(home, '.config', 'anon-cli');
    const path = join(folder, 'profiles.json');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, '{"version":99}');
    const { code, stderr } = await run(home, ['profile', 'list']);
    expect(code).toBe(1);
    expect(stderr).toContain('newer anon-cli');
    expect(readFileSync(path, 'utf8')).toBe('{"version":99}');
    expect(readdirSync(folder)).toEqual(['profiles.json']);
  });
});

describe("the local tenant's state", () => {
  it('is in XDG_DATA_HOME', async () => {
    const home = newHome();
    const elsewhere = join(home, 'elsewhere');
    await run(home, ['tenant', 'show'], { env: { XDG_DATA_HOME: elsewhere } });
    expect(existsSync(join(elsewhere, 'anon-cli', 'local-tenant.db'))).toBe(true);
  });

  it('is set aside once when two processes find it damaged, and both continue with the same new tenant', async () => {
    const home = newHome();
    const path = await statePath(home);
    writeFileSync(path, 'this is no database '.repeat(400));
    const list = ['app', 'list', '--json'];
    const results = await Promise.all([run(home, list), run(home, list)]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(results[0]?.stdout).toBe(results[1]?.stdout);
    expect(readdirSync(dirname(path)).filter((name) => name.includes('set-aside'))).toHaveLength(1);
    expect(results.map(({ stderr }) => stderr).filter((text) => text !== '')).toEqual([
      expect.stringContaining('is damaged. It was moved to '),
    ]);
  });

  it('from a newer version is left alone', async () => {
    const home = newHome();
    const path = await statePath(home);
    const database = new Database(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    const before = readFileSync(path);
    const { code, stdout, stderr } = await run(home, ['tenant', 'show']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/was written by a newer anon-cli\.\nhint: {2}Install a newer anon-cli/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is reported in one line if its path is a folder or below a file', async () => {
    const [home, other] = [newHome(), newHome()];
    const data = join(home, '.local', 'share', 'anon-cli');
    mkdirSync(data, { recursive: true, mode: 0o700 });
    mkdirSync(join(data, 'local-tenant.db'));
    expect(await run(home, ['tenant', 'show'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*local-tenant\.db cannot be opened: it is a folder\.\n$/),
    });
    writeFileSync(join(other, '.local'), '');
    expect(await run(other, ['tenant', 'show'])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*\n(hint: .*\n)?$/),
    });
  });
});
