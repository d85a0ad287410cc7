import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newHome, run, runShell } from '../support/bin.ts';

describe('files', () => {
  it.each(['.', 'data', '~', '~/.config', '$HOME/.config'])(
    'are never saved in the current folder, whatever XDG_* is set to: %s',
    async (path) => {
      const home = newHome();
      const here = join(home, 'here');
      mkdirSync(here);
      const env = { XDG_CONFIG_HOME: path, XDG_DATA_HOME: path };
      const line = 'cd "$HOME/here" && anon-cli quickstart --field token_type';
      expect(await runShell(home, line, { env })).toMatchObject({ code: 0, stdout: 'Bearer\n', stderr: '' });
      expect(readdirSync(here)).toEqual([]);
      expect(existsSync(join(home, '.local', 'share', 'anon-cli', 'local-tenant.db'))).toBe(true);
    },
  );

  it.each(['', '.', '~', 'home'])('are never saved in the current folder when HOME is %j', async (value) => {
    const home = newHome();
    const data = join(home, 'data');
    const env = { XDG_DATA_HOME: data };
    // XDG_DATA_HOME is set, so only the profiles could be written below HOME.
    const line = `cd "$HOME" && HOME='${value}' anon-cli profile list`;
    expect(await runShell(home, line, { env })).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(home)).toEqual(['bin']);
  });
});

describe('an incomplete environment', () => {
  it.each([
    [
      'the current folder is gone',
      'mkdir "$HOME/gone" && cd "$HOME/gone" && rmdir "$HOME/gone" && anon-cli local show --field issuer',
    ],
    ['stdin and stderr are closed', 'anon-cli local show --field issuer <&- 2>&-'],
    [
      'there is no language, no user and no kind of terminal',
      'LANG=C LC_ALL=C TERM= USER= LOGNAME= anon-cli local show --field issuer',
    ],
    ['there is no folder for temporary files', 'TMPDIR=/nowhere anon-cli local show --field issuer'],
  ])('is enough when %s', async (_, line) => {
    expect(await runShell(newHome(), line)).toMatchObject({ code: 0, stdout: 'https://localhost:4400/\n', stderr: '' });
  });

  it('stops a job without a domain before a tenant is set up', async () => {
    const home = newHome();
    const env = { AUTH0_DOMAIN: '', AUTH0_CLIENT_ID: 'tool', AUTH0_CLIENT_SECRET: 'a-secret', CI: 'true' };
    for (const line of ['doctor --probe', 'setup --app web --api shop --scopes read:catalog --yes', 'token create']) {
      expect(await run(home, line.split(' '), { env })).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET are set, but AUTH0_DOMAIN is not.'),
      });
    }
    // The compile cache aside.
    expect(readdirSync(home).filter((name) => name !== '.cache')).toEqual([]);
  });
});

describe('a proxy', () => {
  it.each([
    ['http://bob:p@ss#1@proxy.invalid:3128', 'HTTPS_PROXY is not a valid proxy address.'],
    ['socks5://proxy.invalid:1080', 'HTTPS_PROXY is a SOCKS proxy; only HTTP proxies are supported.'],
  ])('with an impossible address is refused, without repeating any of it: %s', async (address, message) => {
    const home = newHome();
    const env = { AUTH0_DOMAIN: 'acme.invalid', HTTPS_PROXY: address };
    const args = ['token', 'create', '--app', 'a', '--api', 'b'];
    const { code, stdout, stderr } = await run(home, args, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error: ${message}\\nhint: .*\\n$`));
    expect(stderr).not.toMatch(/bob|p@ss|invalid/);
    const json = await run(home, [...args, '--json', '--debug'], { env });
    expect(JSON.parse(json.stderr).error).toMatchObject({ code: 'usage', message, exit_code: 2 });
  });
});

describe('no question is asked on a terminal', () => {
  it.each([
    ['with --no-input', 'anon-cli local reset --no-input'],
    ['in a CI', 'CI=true anon-cli local reset'],
    ['with ANON_NO_INPUT=1', 'ANON_NO_INPUT=1 anon-cli local reset'],
  ])('%s', async (_, command) => {
    const line = `script -qec "${command}; echo code=\\$?" /dev/null < /dev/null`;
    const { stdout } = await runShell(newHome(), line, { env: { TERM: 'xterm' } });
    expect(stdout).toMatch(/disables\s+questions\./);
    expect(stdout).toContain('--yes');
    expect(stdout).toContain('code=2');
    expect(stdout).not.toContain('Delete the local tenant');
  });
});
