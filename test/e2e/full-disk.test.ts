import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { homeAfter, newHome, run, runShell } from '../support/bin.ts';

const hook = `--require ${resolve('test/support/full-disk.cjs')}`;
const noSpace = 'no space left on the disk';

async function usedHome(): Promise<string> {
  const home = await homeAfter(['quickstart']);
  return home;
}

const data = (home: string) => join(home, '.local', 'share', 'anon-cli');
const unfinished = (home: string) =>
  readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.tmp-'));

/** The contents of the profiles and the saved session, by file name. */
function contents(home: string): Record<string, string> {
  const files = ['.config/anon-cli/profiles.json', '.local/share/anon-cli/credentials/session~local~default.json'];
  return Object.fromEntries(
    files.filter((name) => existsSync(join(home, name))).map((name) => [name, readFileSync(join(home, name), 'utf8')]),
  );
}

describe('a full disk', () => {
  const scopes = Array.from({ length: 400 }, (_, number) => `read:something-${number}`).join(',');
  it.each<[string, string[], string]>([
    ['the local tenant', ['api', 'create', 'news', '--audience', 'urn:news', '--scopes', scopes], 'local-tenant.db'],
    ['a session', ['token', 'update', '--meta', 'a=1'], 'session~local~default.json'],
    ['a profile', ['profile', 'set', 'production', 'on'], 'profiles.json'],
  ])('is reported for %s, and existing files stay intact', async (_, command, file) => {
    const home = await usedHome();
    const before = contents(home);
    const { code, stderr } = await run(home, command, { env: { NODE_OPTIONS: hook } });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`${file} cannot be written: ${noSpace}.`),
    });
    expect(contents(home)).toEqual(before);
    expect(unfinished(home)).toEqual([]);
    expect(await run(home, ['app', 'list'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('web'),
    });
    expect(readdirSync(data(home)).filter((name) => name.includes('set-aside'))).toEqual([]);
  });

  it('is reported when a tenant is created', async () => {
    const home = newHome();
    const { code, stderr } = await run(home, ['app', 'list'], { env: { NODE_OPTIONS: hook } });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(`local-tenant.db cannot be opened: ${noSpace}.`),
    });
    expect(unfinished(home)).toEqual([]);
  });

  it('is reported as a quota when the quota is exceeded', async () => {
    const home = await usedHome();
    const env = { NODE_OPTIONS: hook, FULL_CODE: 'EDQUOT' };
    expect((await run(home, ['profile', 'set', 'production', 'on'], { env })).stderr).toContain(
      'the disk quota is exceeded',
    );
  });

  it('is distinguished from a file size limit of the shell', async () => {
    const home = await usedHome();
    for (const command of ['app create kiosk', 'local reset --yes', 'local start --port 0']) {
      const { code, stderr } = await runShell(home, `ulimit -f 8; anon-cli ${command}`);
      expect({ command, code }).toEqual({ command, code: 1 });
      expect(stderr).toContain('local-tenant.db cannot be written: the file would exceed a size limit.');
    }
    expect(await run(home, ['app', 'list'])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a temporary file of a killed process', () => {
  const endings = ['tmp-0123456789abcdef', 'tmp-999999999-0a1b2c3d', 'tmp-999999999-0a1b2c3d-journal'];
  const leave = (path: string) =>
    endings.map((ending) => writeFileSync(`${path}.${ending}`, 'half of a secret', { mode: 0o600 }));

  it('is removed by the next write of that file', async () => {
    const home = await usedHome();
    leave(join(home, '.config', 'anon-cli', 'profiles.json'));
    leave(join(data(home), 'credentials', 'session~local~default.json'));
    await run(home, ['token', 'update', '--meta', 'a=1']);
    await run(home, ['profile', 'set', 'production', 'on']);
    expect(unfinished(home)).toEqual([]);
  });

  it('stays while its process runs', async () => {
    const home = await usedHome();
    const path = `${join(home, '.config', 'anon-cli', 'profiles.json')}.tmp-${process.pid}-00000000`;
    writeFileSync(path, '');
    await run(home, ['profile', 'set', 'production', 'on']);
    expect(existsSync(path)).toBe(true);
  });

  it('is removed by session forget', async () => {
    const home = await usedHome();
    leave(join(data(home), 'credentials', 'session~local~default.json'));
    expect((await run(home, ['session', 'forget', 'default'])).code).toBe(0);
    expect(unfinished(home)).toEqual([]);
  });

  it('is removed by local reset', async () => {
    const home = await usedHome();
    for (const path of ['local-tenant.db', join('credentials', 'session~local~default.json')])
      leave(join(data(home), path));
    leave(join(home, '.config', 'anon-cli', 'profiles.json'));
    expect((await run(home, ['local', 'reset', '--yes'])).code).toBe(0);
    expect(unfinished(home)).toEqual([]);
  });
});
