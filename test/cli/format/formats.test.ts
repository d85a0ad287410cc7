import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setIssuer } from '../../../src/local/state/issuer.ts';
import { freshMachine, openMachine, servedTenant, useRemote } from '../../support/command.ts';

describe('--format', () => {
  it('env prints what a shell can evaluate', async () => {
    const { done } = await openMachine();
    const { stdout } = await done('token', 'create', '--meta', "name=O'Neil", '--format', 'env');
    const shell = `${stdout}\nprintf '%s' "$EXPIRES_IN $APP_NAME $API_AUDIENCE $TOKEN_TYPE"`;
    expect(execFileSync('sh', ['-c', shell], { encoding: 'utf8', env: {} })).toBe(
      '86400 web https://api.shop.example Bearer',
    );
    expect(stdout).toMatch(/^export SESSION_TOKEN='[\w.-]+'\nexport ACCESS_TOKEN='eyJ[\w.-]+'\n/);
    expect(stdout).not.toContain('DECODED');
  });

  it('dotenv prints a .env file', async () => {
    const { done } = await openMachine();
    expect((await done('tenant', 'show', '--format', 'dotenv')).stdout).toMatch(
      /^NAME="Local tenant"\nISSUER=https:\/\/localhost:4400\/\n/,
    );
  });

  it('dotenv reports what it leaves out', async () => {
    const { done } = await openMachine();
    await done('token', 'create', '--meta', `note=it's $(id)`, '--meta', 'lang=en');
    const { stdout, stderr } = await done('session', 'show', '--format', 'dotenv');
    expect(stdout).toMatch(/^METADATA_LANG=en$/m);
    expect(stdout).not.toContain('METADATA_NOTE');
    expect(stderr).toMatch(/^warning: METADATA_NOTE is left out: .+\n$/);
  });

  it('env accepts a result that is named like a list but is an object', async () => {
    const { done } = await openMachine();
    expect((await done('claims', 'list', '--format', 'env')).stdout).toMatch(/^export MAX_CLAIMS='10'$/m);
  });

  it('header prints a header for curl -H', async () => {
    const { done } = await openMachine();
    const { stdout } = await done('token', 'create', '--format', 'header');
    expect(stdout).toMatch(/^Authorization: Bearer eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
  });

  it('ndjson prints one line per item, or one for an object', async () => {
    const { done } = await openMachine();
    await done('app', 'create', 'second');
    const apps = (await done('app', 'list', '--format', 'ndjson')).stdout.trimEnd().split('\n');
    expect(apps.map((line) => JSON.parse(line).name).sort()).toEqual(['second', 'web']);
    expect((await done('tenant', 'show', '--format', 'ndjson')).stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  it('curl prints a preflight with what it asks for', async () => {
    const { done } = await openMachine({ edition: 'ea' });
    await done('app', 'origins', 'add', 'web', 'http://localhost:3000');
    const { stdout } = await done('doctor', '--origin', 'http://localhost:3000', '--format', 'curl');
    expect(stdout).toContain(
      [
        'curl -sS -X OPTIONS http://localhost:4400/anonymous/token',
        "-H 'accept: */*'",
        "-H 'origin: http://localhost:3000'",
        "-H 'access-control-request-method: POST'",
        "-H 'access-control-request-headers: auth0-client,content-type'",
      ].join(' \\\n  '),
    );
    expect(stdout).toContain("curl -sS -X GET 'http://localhost:4400/api/v2/clients");
  });

  it('json is --json, errors too', async () => {
    const { done, run } = await openMachine();
    expect((await done('quickstart', '--format', 'json')).json).toHaveProperty('steps');
    expect((await run('app', 'show', 'nothing', '--format=json')).jsonError).toMatchObject({ code: 'not_found' });
    expect((await run('app', 'show', 'nothing', '--format', 'ndjson')).jsonError).toMatchObject({ code: 'not_found' });
  });

  it('human is the default text', async () => {
    const { done } = await openMachine();
    expect((await done('app', 'show', 'web', '--format', 'human')).stdout).toBe(
      (await done('app', 'show', 'web')).stdout,
    );
  });

  it('prints only the result, also for commands that report steps', async () => {
    const { done } = await freshMachine();
    expect((await done('quickstart', '--format', 'header')).stdout).toMatch(/^Authorization: Bearer \S+\n$/);
  });
});

describe('--format github', () => {
  it('masks every secret first, and writes the outputs of the step', async () => {
    const { done, env, file } = await openMachine();
    env.GITHUB_OUTPUT = file('output', 'before=1\n');
    const { stdout, stderr } = await done('token', 'create', '--format', 'github');
    const outputs = readFileSync(env.GITHUB_OUTPUT, 'utf8');
    const [, session] = /^session_token=(.+)$/m.exec(outputs) ?? [];
    const [, access] = /^access_token=(.+)$/m.exec(outputs) ?? [];
    expect(outputs).toMatch(/^before=1\n/);
    expect(outputs).toMatch(/^expires_in=86400$/m);
    expect(stderr).toBe('');
    expect(stdout).toBe(`::add-mask::${session}\n::add-mask::${access}\n`);
  });

  it('is refused before a guest is created if the outputs cannot be written', async () => {
    const { run, done, env, folder, file } = await openMachine();
    env.GITHUB_OUTPUT = folder;
    const { code, stdout, stderr } = await run('token', 'create', '--format', 'github');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: .+ cannot be written: it is a folder\.\n$/);
    expect((await done('session', 'list', '--json')).json).toEqual([]);
    env.GITHUB_OUTPUT = join(dirname(file('some', '')), 'not-there-yet');
    await done('token', 'create', '--format', 'github');
    expect(statSync(env.GITHUB_OUTPUT).mode & 0o777).toBe(0o600);
  });

  it("masks an application's secret", async () => {
    const { done, env, file } = await openMachine();
    env.GITHUB_OUTPUT = file('output', '');
    const { stdout } = await done('app', 'create', 'server', '--type', 'regular_web', '--format', 'github');
    const shown = await done('app', 'show', 'server', '--reveal-secrets', '--format', 'github');
    const [, secret] = /^client_secret=(.+)$/m.exec(readFileSync(env.GITHUB_OUTPUT, 'utf8')) ?? [];
    expect(secret).toBeTruthy();
    expect(stdout).not.toContain(secret);
    expect(shown.stdout).toBe(`::add-mask::${secret}\n`);
  });

  it('masks everything that looks like a token, anywhere, and handles long text quickly', async () => {
    const { secretsIn } = await import('../../../src/cli/format/variables.ts');
    const told = {
      text: 'a=ANONYMOUS_SESSION_eyJhbGciOi.b.c, "...eyJhbGciOiJ.." www.example.com',
      list: ['x.eyJhbGciOi.y'],
    };
    expect(secretsIn(told)).toEqual(['eyJhbGciOi.b.c', 'eyJhbGciOiJ..', 'eyJhbGciOi.y']);
    expect(secretsIn({ session_token: 'opaque' })).toEqual(['opaque']);
    const started = performance.now();
    for (const piece of ['eyJ', 'a.eyJ', 'a', '.']) secretsIn({ note: `${piece.repeat(60_000)}"` });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('lets no value end its own delimiter', async () => {
    const { outputLines, maskLines } = await import('../../../src/cli/format/variables.ts');
    expect(outputLines([{ name: 'script', text: 'a\nEND_OF_VALUE\nadmin=1' }])).toBe(
      'script<<END_OF_VALUE_\na\nEND_OF_VALUE\nadmin=1\nEND_OF_VALUE_\n',
    );
    expect(maskLines(['50%\nof it', ''])).toBe('::add-mask::50%25\n::add-mask::of it\n');
  });
});

describe('--format curl', () => {
  it.each([
    ['what a command did', ['token', 'create']],
    ['what a command asked', ['tenant', 'show']],
    ['what a dry run would do', ['app', 'enable', 'web', '--dry-run']],
  ])('notes that the local tenant must be running for %s', async (_, args) => {
    const machine = args[0] === 'token' ? await openMachine() : await freshMachine();
    const { stdout, stderr } = await machine.done(...args, '--format', 'curl');
    expect(stdout).toMatch(/^curl -sS -X \w+ http:\/\/localhost:4400\//);
    expect(stderr).toBe('note: To run this, serve the local tenant first: anon-cli local start --port 4400\n');
  });

  it.each([
    ['https://tenant.test/', 'http://tenant.test:443', '--domain tenant.test --port 443'],
    ['https://tenant.test:8443/', 'http://tenant.test:8443', '--domain tenant.test:8443'],
    ['https://localhost/', 'http://localhost:443', '--port 443'],
  ])('reaches the local tenant with the issuer %s at its port', async (issuer, url, options) => {
    const machine = await openMachine();
    await setIssuer(machine.store, issuer);
    const { stdout, stderr } = await machine.done('token', 'create', '--format', 'curl');
    expect(stdout).toContain(`curl -sS -X POST ${url}/anonymous/token `);
    expect(stderr).toContain(`anon-cli local start ${options}\n`);
  });

  it('notes nothing if there is nothing to run', async () => {
    const machine = await freshMachine();
    await machine.done('app', 'enable', 'web');
    const { stdout, stderr } = await machine.done('app', 'enable', 'web', '--format', 'curl');
    expect([stdout, stderr]).toEqual(['# no changes\n', '']);
  });

  it('prints the request for tokens, with the session token as a variable', async () => {
    const machine = await openMachine();
    const created = (await machine.done('token', 'create', '--meta', "who=O'Neil", '--format', 'curl')).stdout;
    expect(created).toMatch(
      /^curl -sS -X POST http:\/\/localhost:4400\/anonymous\/token \\\n {2}-H 'Content-Type: application\/json' \\\n {2}-d '\{.*\}'\n$/,
    );
    expect(created).toContain(`"metadata":{"who":"O'\\''Neil"}`);
    const { stdout } = await machine.done('token', 'update', '--meta', 'a=b', '--format', 'curl');
    expect(stdout).toContain(`"session_token":"'"$SESSION_TOKEN"'"`);
    expect(stdout).not.toMatch(/eyJ/);
  });

  it('prints requests that do what the command did', async () => {
    const machine = await freshMachine();
    const remote = await servedTenant(machine.clock);
    await useRemote(machine, remote);
    const { stdout } = await machine.done('app', 'enable', 'web', '--dry-run', '--format', 'curl');
    expect(stdout).toMatch(/^curl -sS -X PATCH http:\/\/localhost:\d+\/api\/v2\/clients\/\w+ \\\n/);
    expect(stdout).toContain(`-H "Authorization: Bearer $MANAGEMENT_TOKEN"`);
    expect((await machine.done('app', 'enable', 'web', '--format', 'curl')).stdout).toBe(stdout);
    expect((await machine.done('app', 'enable', 'web', '--format', 'curl')).stdout).toBe('# no changes\n');
  });

  it("prints an application's secret as a variable, in the body and in a header", async () => {
    const machine = await openMachine();
    await machine.done('app', 'create', 'server', '--type', 'regular_web', '--enable');
    const { stdout } = await machine.done('token', 'create', '--app', 'server', '--format', 'curl');
    const { curlLines } = await import('../../../src/cli/format/curl.ts');
    expect(stdout).toContain(`"client_secret":"'"$CLIENT_SECRET"'"`);
    const authorization = `Basic ${Buffer.from('server:s3cret').toString('base64')}`;
    const call = { method: 'POST', path: '/anonymous/token', authorization, body: { note: '@', token: 'x@' } };
    const basic = curlLines({}, { baseUrl: 'https://acme.example', made: [call] });
    expect(basic).toContain(`-u server:"$CLIENT_SECRET"`);
    expect(basic).toContain(`'{"note":"@","token":"'"$TOKEN"'"}'`);
    expect(basic).not.toContain('s3cret');
  });

  it('handles a body full of variable markers', async () => {
    const { curlLines } = await import('../../../src/cli/format/curl.ts');
    const note = `${'@'.repeat(100_000)}@0@TOKEN@0@@1@`;
    const call = { method: 'POST', path: '/anonymous/token', body: { note, token: 'a.b.c' } };
    const lines = curlLines({}, { baseUrl: 'https://acme.example', made: [call] });
    expect(lines.endsWith(`-d '{"note":"${note}","token":"'"$TOKEN"'"}'\n`)).toBe(true);
  });

  it('prints the reads if nothing is changed', async () => {
    const { done } = await openMachine();
    const { stdout } = await done('tenant', 'show', '--format', 'curl');
    expect(stdout).toMatch(
      /^curl -sS -X GET http:\/\/localhost:4400\/api\/v2\/tenants\/settings \\\n {2}-H "Auth.*"\n$/,
    );
  });
});

describe('an impossible format', () => {
  it.each([
    [['token', 'create', '--format', 'jsn'], "Unknown output format 'jsn'.", 'Did you mean json?'],
    [['token', 'create', '--format', ''], "Unknown output format ''.", /human, json/],
    [['token', 'create', '--json', '--format', 'env'], "--json and --format env can't be combined.", undefined],
    [
      ['token', 'create', '--field', 'scope', '--format', 'env'],
      "--field and --format env can't be combined.",
      undefined,
    ],
    [['token', 'create', '--format', 'github'], /GITHUB_OUTPUT/, /env or dotenv/],
    [['app', 'enable', 'web', '--format', 'header'], /app enable has no access token/, /token get/],
    [['profile', 'list', '--format', 'curl'], /profile list makes no calls/, /token create/],
    [['app', 'list', '--format', 'env'], "--format env can't print a list.", /ndjson/],
  ] as const)('%j is refused before any call', async (argv, message, hint) => {
    const machine = await freshMachine();
    const { code, jsonErrorOf } = await refused(machine, argv);
    expect(code).toBe(2);
    expect(jsonErrorOf).toMatch(message);
    if (hint) expect(jsonErrorOf).toMatch(hint);
    expect((await machine.done('app', 'show', 'web', '--json')).json.enabled).toBe(false);
  });
});

async function refused(machine: Awaited<ReturnType<typeof freshMachine>>, argv: readonly string[]) {
  const { code, stdout, stderr } = await machine.run(...argv);
  expect(stdout).toBe('');
  return { code, jsonErrorOf: stderr };
}
