import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeJwt } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { unsavedCertificate } from '../../src/io/certificates/unsaved.ts';
import { bin, newHome, type Run, run, start } from '../support/bin.ts';
import { isRunning } from '../support/processes.ts';
import { atTerminalOf, keys } from '../support/terminal-session.ts';

const nobody = process.getuid?.() === 0 ? 65_534 : undefined;
const sdk = JSON.stringify(resolve('node_modules/@auth0/auth0-auth-js/dist/index.cjs'));

/** A home with its own folder for temporary files, in which nothing is written but by what is tested. */
function testHome(): { home: string; env: Record<string, string>; entries: () => string[] } {
  const home = newHome();
  const temporary = join(home, 'tmp');
  mkdirSync(temporary);
  const env = { TMPDIR: temporary };
  return { home, env, entries: () => readdirSync(home, { recursive: true, encoding: 'utf8' }).sort() };
}

/** Runs a program in JavaScript inside `local exec`. */
function exec(
  { home, env }: { home: string; env: Record<string, string> },
  program: string,
  options: readonly string[] = [],
  args: readonly string[] = [],
): Promise<Run> {
  return run(home, ['local', 'exec', ...options, '--', process.execPath, '-e', program, '--', ...args], { env });
}

const createGuest = `
  const { AUTH0_ISSUER_BASE_URL: url, AUTH0_CLIENT_ID: client_id, AUTH0_AUDIENCE: audience } = process.env;
  const guest = async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ client_id, audience });
    const response = await fetch(url + '/anonymous/token', { method: 'POST', headers, body });
    return { status: response.status, ...(await response.json()) };
  };`;

/** Runs a command that prints its process id, until the test ends it. */
async function running(
  { home, env }: { home: string; env: Record<string, string> },
  program: string,
  options: readonly string[] = [],
): Promise<
  { wrapper: ChildProcess; pid: number; printed(text: string): Promise<void> } & Record<
    'exit' | 'closed',
    Promise<unknown[]>
  >
> {
  const code = `${program}; console.log('pid', process.pid);`;
  const wrapper = start(home, ['local', 'exec', ...options, '--', process.execPath, '-e', code], { env });
  const exit = once(wrapper, 'exit');
  let stdout = '';
  const output = wrapper.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  if (!output) throw new Error('the output of the command is not read');
  // Once whatever writes to it has ended.
  const closed = once(output, 'close');
  const printed = async (text: string) => {
    while (!stdout.includes(text)) {
      if (output.closed) throw new Error(`the command ended, and printed ${stdout}`);
      await Promise.race([once(output, 'data'), closed]);
    }
  };
  await printed('\n');
  const pid = Number(/^pid (\d+)/.exec(stdout)?.[1]);
  onTestFinished(() => {
    for (const id of [wrapper.exitCode === null && wrapper.signalCode === null ? wrapper.pid : undefined, pid]) {
      if (id !== undefined && isRunning(id)) process.kill(id, 'SIGKILL');
    }
  });
  return { wrapper, pid, printed, exit, closed };
}

const forever = 'setInterval(() => {}, 1000);';

describe('local exec', () => {
  it('runs twenty at once, each with its own tenant, and leaves nothing behind', async () => {
    const machine = testHome();
    const before = machine.entries();
    const program = `${createGuest}
      guest().then(({ status, access_token }) => {
        console.log(JSON.stringify({ pid: process.pid, status, access_token, url }));
        process.exitCode = Number(process.argv[1]);
      });`;
    const runs = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        exec(machine, program, index % 5 === 0 ? ['--https'] : [], [`${index}`]),
      ),
    );
    expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual(runs.map((_, code) => ({ code, stderr: '' })));
    const guests = runs.map(({ stdout }) => JSON.parse(stdout));
    expect(guests.map(({ status }) => status)).toEqual(guests.map(() => 200));
    for (const { url, access_token } of guests) {
      expect(decodeJwt(access_token).iss).toBe(`https://${new URL(url).host}/`);
    }
    expect(guests.filter(({ pid }) => isRunning(pid))).toEqual([]);
    expect(new Set(guests.map(({ access_token }) => decodeJwt(access_token).sub)).size).toBe(20);
    expect(machine.entries()).toEqual(before);
  }, 90_000);

  it('keeps to itself what the server sets for its own process', async () => {
    const { stdout } = await exec(testHome(), 'console.log(process.env.UV_THREADPOOL_SIZE)');
    expect(stdout).toBe('undefined\n');
  });

  it('gives the command its arguments as they are', async () => {
    const args = ['a b', '--', '--json', '', '$HOME "quoted"', '*'];
    const { stdout } = await exec(testHome(), 'console.log(JSON.stringify(process.argv.slice(1)))', [], args);
    expect(JSON.parse(stdout)).toEqual(args);
  });

  it('prints nothing itself, and passes stdin on', async () => {
    const { home, env } = testHome();
    expect(await run(home, ['local', 'exec', '--', 'cat'], { env, input: 'typed' })).toEqual({
      ...{ stdout: 'typed', stderr: '', code: 0, signal: null },
    });
  });

  it.each([
    ['no-such-command', 127, 'error: Command not found: no-such-command\n'],
    ['/etc/passwd', 126, 'error: /etc/passwd cannot be run: permission denied.\n'],
    ['/etc', 126, 'error: /etc cannot be run: it is a folder.\n'],
    ['', 2, 'error: The command is empty.\nhint:  Is a variable not set?\n'],
  ])("says in one line that '%s' cannot be run", async (command, code, stderr) => {
    const { home, env, entries } = testHome();
    const before = entries();
    expect(await run(home, ['local', 'exec', '--https', '--', command], { env })).toMatchObject({ code, stderr });
    expect(entries()).toEqual(before);
  });

  it('says what a file or its arguments need', async () => {
    const { home, env } = testHome();
    const script = join(home, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n', { mode: 0o755 });
    const reason = 'the interpreter that its first line names does not exist';
    expect(await run(home, ['local', 'exec', '--', script], { env })).toMatchObject({
      ...{ code: 126, stderr: `error: ${script} cannot be run: ${reason}.\n` },
    });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends with the command that a %s ends', async (signal, code) => {
    const machine = testHome();
    const before = machine.entries();
    const { wrapper, pid, exit } = await running(machine, forever, ['--https']);
    wrapper.kill(signal);
    expect(await exit).toEqual([code, null]);
    expect(isRunning(pid)).toBe(false);
    expect(machine.entries()).toEqual(before);
  });

  it('leaves Ctrl-C to the terminal, which sends it to the command once', async () => {
    const { home, env } = testHome();
    const program = `let count = 0; setInterval(() => {}, 1000);
      process.on("SIGINT", () => { count += 1; setTimeout(() => { console.log("heard", count); process.exit(3); }, 200); });
      console.log("ready");`;
    const typist = atTerminalOf(100, home, ['local', 'exec', '--', process.execPath, '-e', program], env);
    await typist.sees('ready');
    typist.types(keys.interrupt);
    expect(await typist.ended).toBe(3);
    expect(typist.shown).toMatch(/^The local tenant listens at http:\/\/localhost:\d+; guests may use .*\r\nready\r\n/);
    expect(typist.shown).toContain('heard 1\r\n');
  });

  it('waits for a command that ignores a signal, and serves its tenant meanwhile', async () => {
    const program = `${createGuest}
      process.on('SIGTERM', () => guest().then(({ status }) => console.log('answered', status)));
      process.on('SIGINT', () => process.exit(9)); ${forever}`;
    const { wrapper, printed, exit } = await running(testHome(), program);
    wrapper.kill('SIGTERM');
    await printed('answered 200');
    wrapper.kill('SIGTERM');
    await printed('answered 200\nanswered 200');
    wrapper.kill('SIGINT');
    expect(await exit).toEqual([9, null]);
  });

  it('ends its command and what that started where it is killed, and the next one removes its file', async () => {
    const machine = testHome();
    const before = machine.entries();
    const program = `${createGuest} ${forever}
      const { spawn } = require('node:child_process');
      spawn('sh', ['-c', 'sleep 600; sleep 600'], { stdio: ['ignore', 'inherit', 'ignore'] });
      process.on('SIGTERM', () => guest().catch(() => { console.log('gone'); process.exit(); }))`;
    const killed = await running(machine, program, ['--https']);
    const other = await running(machine, forever, ['--https']);
    killed.wrapper.kill('SIGKILL');
    await killed.exit;
    await killed.printed('gone');
    await killed.closed;
    const certificates = () => machine.entries().filter((path) => path.endsWith('ca.pem'));
    expect(certificates()).toHaveLength(2);
    await exec(machine, '', ['--https']);
    expect(certificates()).toHaveLength(1);
    other.wrapper.kill('SIGTERM');
    await other.exit;
    expect(machine.entries()).toEqual(before);
  });

  it('lets an SDK use the tenant over HTTPS', async () => {
    const program = `
      const { AuthClient } = require(${sdk});
      const { AUTH0_DOMAIN: domain, AUTH0_CLIENT_ID: clientId, AUTH0_AUDIENCE: audience } = process.env;
      new AuthClient({ domain, clientId }).anonymous
        .createSession({ audience }).then(({ accessToken }) => console.log(accessToken));`;
    const { stdout, stderr } = await exec(testHome(), program, ['--https', '--edition', 'ea']);
    expect(stderr).toBe('');
    expect(decodeJwt(stdout)).toMatchObject({
      aud: 'https://api.shop.example',
      sub: expect.stringMatching(/^anon[|@]/),
    });
  });

  it.each([[[]], [['--https']]])('lets tests control its tenant: %j', async (options) => {
    const machine = testHome();
    machine.env.ANON_CONTROL_TOKEN = 'of another tenant';
    const program = `
      const { ANON_CONTROL_URL: url, ANON_CONTROL_TOKEN: token } = process.env;
      const headers = { authorization: 'Bearer ' + token };
      fetch(url + '/clock', { headers }).then(async (response) => console.log(response.status, await response.text()));`;
    expect((await exec(machine, program, options)).stdout).toMatch(/^200 \{/);
  });

  it('adds its authority to the certificates that Node.js trusts already', async () => {
    const machine = testHome();
    const own = join(machine.home, 'own.pem');
    writeFileSync(own, (await unsavedCertificate(Date.now())).authority);
    machine.env.NODE_EXTRA_CA_CERTS = own;
    const program = `console.log(require('node:fs').readFileSync(process.env.NODE_EXTRA_CA_CERTS, 'utf8'))`;
    const { stdout } = await exec(machine, program, ['--https']);
    const found = stdout.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
    expect(found).toHaveLength(2);
  });

  it('uses the authority of this user where there is one', async () => {
    const machine = testHome();
    const { stdout: path } = await run(machine.home, ['local', 'ca'], { env: machine.env });
    const before = machine.entries();
    const program = `fetch(process.env.AUTH0_JWKS_URI).then(({ status }) => console.log(status, process.env.NODE_EXTRA_CA_CERTS))`;
    expect(await exec(machine, program, ['--https'])).toMatchObject({ stdout: `200 ${path}`, stderr: '', code: 0 });
    expect(machine.entries()).toEqual(before);
  });

  it.skipIf(process.getuid === undefined)('works in a home that is read-only', async () => {
    const { home, env } = testHome();
    const temporary = newHome();
    chmodSync(temporary, 0o777);
    chmodSync(home, 0o555);
    onTestFinished(() => chmodSync(home, 0o755));
    const options = { env: { ...env, TMPDIR: temporary }, uid: nobody };
    const program = `fetch(process.env.AUTH0_JWKS_URI).then(({ status }) => console.log(status))`;
    for (const https of [[], ['--https']]) {
      const args = ['local', 'exec', ...https, '--', process.execPath, '-e', program];
      expect(await run(home, args, options)).toMatchObject({ stdout: '200\n', stderr: '', code: 0 });
    }
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('commands of anon-cli inside local exec', () => {
  it.each([[[]], [['--https']]])('use its tenant, whatever the variables around it name: %j', async (https) => {
    const { home, env } = testHome();
    const around = {
      ...{ ...env, AUTH0_DOMAIN: 'acme.eu.auth0.com', AUTH0_CLIENT_SECRET: 'of-acme', AUTH0_ACCESS_TOKEN: 'of-acme' },
      ...{
        ANON_PROFILE: 'acme',
        ANON_APP: 'acme-app',
        ANON_API: 'acme-api',
        ANON_DATABASE_URL: 'postgres://acme/acme',
      },
    };
    const script = join(home, 'script.sh');
    const cli = `'${process.execPath}' '${bin}'`;
    writeFileSync(
      script,
      `set -e\necho "$AUTH0_ISSUER"\n${cli} app create other --field name\n${cli} local clock +31d --field offset_seconds\n${cli} token create --app web --json\n`,
    );
    const { stdout, stderr, code } = await run(home, ['local', 'exec', ...https, '--', 'sh', script], { env: around });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const [issuer, created, moved, ...json] = stdout.split('\n');
    expect([created, moved]).toEqual(['other', `${31 * 86_400}`]);
    expect(JSON.parse(json.join('\n')).access_token).toSatisfy((token: string) => decodeJwt(token).iss === issuer);
    // Sessions of a tenant that ends would stay, and the saved tenant is not touched.
    expect(
      readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) =>
        /credentials|session|local-tenant/.test(path),
      ),
    ).toEqual([]);
    rmSync(script);
  });

  it('reach it past a proxy', async () => {
    const { home, env } = testHome();
    const proxy = { HTTPS_PROXY: 'http://127.0.0.1:9', no_proxy: 'intranet.example' };
    const line = `echo "$no_proxy"; '${process.execPath}' '${bin}' tenant show --field edition`;
    const args = ['local', 'exec', '--https', '--', 'sh', '-c', line];
    expect(await run(home, args, { env: { ...env, ...proxy } })).toMatchObject({
      ...{ stdout: 'intranet.example,localhost\npreview\n', stderr: '', code: 0 },
    });
  });

  it('find guests shut out with --closed', async () => {
    const { home, env } = testHome();
    const args = ['local', 'exec', '--closed', '--', process.execPath, bin, 'token', 'create'];
    expect(await run(home, args, { env })).toMatchObject({ code: 5 });
  });

  it('log in as the user of --auto-login', async () => {
    const program = `
      const { AUTH0_ISSUER_BASE_URL: url, AUTH0_CLIENT_ID } = process.env;
      const query = { client_id: AUTH0_CLIENT_ID, response_type: 'code', redirect_uri: 'http://localhost:3000/callback' };
      fetch(url + '/authorize?' + new URLSearchParams({ ...query, scope: 'openid', state: 's' }), { redirect: 'manual' })
        .then(({ status, headers }) => console.log(status, headers.get('location')));`;
    const { stdout } = await exec(testHome(), program, ['--auto-login', 'jane@example.com']);
    expect(stdout).toMatch(/^30\d http:\/\/localhost:3000\/callback\?.*code=/);
  });
});
