import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tokenCreateCommand } from '../../../../src/cli/commands/token/create.ts';
import {
  changeDocument,
  freshMachine,
  openMachine,
  parsed,
  servedTenant,
  useRemote,
} from '../../../support/command.ts';
import { claimsOf, openSealed } from '../../../support/local.ts';

interface Line {
  readonly n: number;
  readonly session_token: string;
  readonly access_token: string;
  readonly guest: string;
}

function linesOf(text: string): Line[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .sort((a, b) => a.n - b.n);
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('token create --count', () => {
  it('prints one line of JSON per guest, and nothing else', async () => {
    const { done, env } = await openMachine();
    env.NO_COLOR = '1';
    const { stdout, stderr } = await done('token', 'create', '--count', '20', '--concurrency', '4');
    const lines = linesOf(stdout);
    expect(stderr).toBe('');
    expect(lines.map(({ n }) => n)).toEqual(upTo(20));
    expect(new Set(lines.map(({ guest }) => guest)).size).toBe(20);
    expect(lines[0]).toMatchObject({ token_type: 'Bearer', expires_in: 86_400, scope: 'read:catalog write:cart' });
    for (const { access_token, guest } of lines) expect(claimsOf(access_token).sub).toBe(guest);
  });

  it('reports in edition ea how long the sessions have left', async () => {
    const { done } = await openMachine({ edition: 'ea' });
    const { stdout } = await done('token', 'create', '--count', '2', '--scope', 'read:catalog');
    expect(linesOf(stdout)[0]).toMatchObject({ n: 1, session_expires_in: 2_592_000, scope: 'read:catalog' });
  });

  it('prints one value of each with --field', async () => {
    const { done } = await openMachine();
    const { stdout } = await done('token', 'create', '--count', '3', '--field', 'access_token');
    expect(stdout).toMatch(/^([\w-]+\.[\w-]+\.[\w-]+\n){3}$/);
  });

  it('saves none of them', async () => {
    const { done, run } = await openMachine();
    await done('token', 'create', '--count', '2');
    expect(await run('token', 'update')).toMatchObject({ code: 1 });
  });

  it('gives each guest the metadata of its line, on top of the common metadata', async () => {
    const { done, file, store } = await openMachine();
    const people = file('people.ndjson', '{"name":"ada"}\n{"name":"eve","language":"fr"}\n{"name":"bob"}');
    const common = ['--meta', 'language=en', '--meta-file', people];
    const { stdout } = await done('token', 'create', '--count', 'all', ...common);
    const metadata = await Promise.all(
      linesOf(stdout).map(async ({ session_token }) => (await openSealed(store, session_token)).metadata),
    );
    expect(metadata).toEqual([
      { name: 'ada', language: 'en' },
      { name: 'eve', language: 'fr' },
      { name: 'bob', language: 'en' },
    ]);
    expect(linesOf((await done('token', 'create', '--count', '2', ...common)).stdout)).toHaveLength(2);
  });

  it('shows progress on a terminal in a temporary line, and reports the number of guests', async () => {
    const { done, terminal, folder } = await openMachine();
    terminal.interactive = true;
    const { stderr, stdout } = await done('token', 'create', '--count', '5', '--output', join(folder, 'g.ndjson'));
    expect(stderr).toContain('\r\u001b[2K━━━━──────────────────── 1/5  20 %');
    expect(stderr.endsWith('\r\u001b[2K')).toBe(true);
    expect(stdout).toMatch(/^✔ 5 guests are in .*g\.ndjson/);
    const one = await done('token', 'create', '--count', '1', '--output', join(folder, 'one.ndjson'));
    expect(one.stdout).toMatch(/^✔ 1 guest is in .*one\.ndjson/);
  });
});

describe('bad input', () => {
  it.each([
    [['--count', '0'], '--count must be a whole number from 1 to 10000000.'],
    [['--count', '1e3'], '--count must be a whole number from 1 to 10000000.'],
    [['--count', '2', '--concurrency', '0'], '--concurrency must be a whole number from 1 to 256.'],
    [['--concurrency', '2'], '--concurrency needs --count.'],
    [['--resume', 'x'], '--resume needs --count.'],
    [['--count', 'all'], '--count all needs --meta-file: it creates one guest per line.'],
    [['--count', '2', '--user-id', 'me'], "--user-id can't be used with --count."],
    [['--count', '2', '--meta-file', '-'], "--meta-file - can't be used with --count: the metadata is read twice."],
    [
      ['--count', '2', '--output', 'a', '--resume', 'b'],
      "--output and --resume can't be combined: --resume also writes to its file.",
    ],
    [
      ['--count', '2', '--output', 'a', '--field', 'n'],
      "--field and --output can't be combined: the file has complete guests.",
    ],
    [
      ['--count', '2', '--session', 'cart'],
      "--session and --count can't be combined: guests of --count are not saved.",
    ],
    [['--count', '2', '--field', 'acces_token'], "The result has no field 'acces_token'."],
    [['--count', '2', '--resume', '/nowhere/x'], '/nowhere/x cannot be read: no such file.'],
    [['--count', '2', '--output', '/nowhere/x'], '/nowhere/x cannot be created: no such file.'],
  ])('%j is refused before any call', async (options, message) => {
    const machine = await freshMachine({ seeded: false });
    machine.env.AUTH0_DOMAIN = 'tenant.invalid';
    const { code, jsonError } = await machine.run('token', 'create', '--json', ...options);
    expect({ code, message: jsonError.message }).toEqual({ code: 2, message });
  });

  it('in a format without lines is refused before any call', async () => {
    const machine = await freshMachine({ seeded: false });
    machine.env.AUTH0_DOMAIN = 'tenant.invalid';
    expect(await machine.run('token', 'create', '--count', '2', '--format', 'env')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining("--count and --format env can't be combined: each guest is a line of JSON."),
    });
  });

  it.each([
    ['{"a":1}\nnothing\n', 'Line 2 of the metadata file: The metadata file is not valid JSON.'],
    ['{"a":1}\n\n{"a":1}\n', 'Line 2 of the metadata file: The metadata file is not valid JSON.'],
    ['[1]\n', 'Line 1 of the metadata file: The metadata file must be a JSON object. Example: {"language":"en"}'],
    ['{"a":1}\n{"__proto__":1}\n', "Line 2 of the metadata file: Metadata can't have the key '__proto__'."],
    ['{"a":1}\n', /people has 1 lines, fewer than --count 2\.$/],
    ['', /people is empty\.$/],
  ])('in the metadata file %j is refused before any call', async (text, message) => {
    const machine = await freshMachine({ seeded: false });
    machine.env.AUTH0_DOMAIN = 'tenant.invalid';
    const file = machine.file('people', text);
    const { code, jsonError } = await machine.run('token', 'create', '--json', '--count', '2', '--meta-file', file);
    expect(code).toBe(2);
    expect(jsonError.message).toMatch(message);
  });

  it('includes everything that the edition refuses in any line, with the reasons', async () => {
    const { run, file } = await openMachine({ edition: 'ea' });
    const people = file('people', '{"a":1}\n{"a":{"b":1}}\n{"a":[],"b":{}}\n');
    const order = ['token', 'create', '--count', 'all', '--meta-file', people];
    expect(await run(...order)).toMatchObject({
      code: 7,
      stdout: '',
      stderr:
        "error: Edition ea supports only text, numbers and booleans as metadata values; 'a' in line 2, 'a' in line 3, " +
        "'b' in line 3 are objects or arrays.\n" +
        'hint:  Write them as text. Example: {"cart":"3 items"}\n',
    });
    expect((await run(...order, '--meta', 'cart.items:=3')).stderr).toContain(" 'cart', 'a' in line 2, ");
    const many = file('many', '{"a":{}}\n'.repeat(9));
    expect((await run('token', 'create', '--count', 'all', '--meta-file', many)).stderr).toContain(
      "'a' in line 4, 'a' in line 5 and 4 more are objects or arrays",
    );
  });

  it('includes sensitive-looking metadata in any line, with --strict', async () => {
    const { run, file } = await openMachine();
    const people = file('people', '{"a":1}\n{"card":"4111111111111111"}\n{"user":{"password":"hunter2"}}\n');
    const order = ['token', 'create', '--count', 'all', '--meta-file', people];
    const found =
      "In the metadata file, 'card' in line 2 looks like a card number, 'user.password' in line 3 looks like a password.";
    const refused = await run(...order, '--strict');
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(`error: ${found}\nhint: `) });
    const warned = await run(...order);
    expect(warned).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`warning: ${found} Session tokens contain the metadata`),
    });
    expect(linesOf(warned.stdout)).toHaveLength(3);
    expect(refused.stderr + warned.stderr).not.toMatch(/4111|hunter2/);
  });

  it('is parsed as intended', async () => {
    const [options] = await parsed(tokenCreateCommand, '--count', '3', '--resume', 'f', '--concurrency', '9');
    expect(options).toMatchObject({ count: '3', resume: 'f', concurrency: '9' });
  });
});

describe('a file of guests', () => {
  it('is readable by this user only, and never overwritten', async () => {
    const { done, run, folder } = await openMachine();
    const path = join(folder, 'guests.ndjson');
    const { json } = await done('token', 'create', '--json', '--count', '5', '--output', path);
    expect(json).toMatchObject({ file: path, count: 5, created: 5, lost_answers: 0 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const text = readFileSync(path, 'utf8');
    expect(linesOf(text).map(({ n }) => n)).toEqual(upTo(5));
    expect(await run('token', 'create', '--count', '5', '--output', path)).toMatchObject({ code: 2, stdout: '' });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('is resumed with the missing guests, including a truncated line', async () => {
    const { done, folder, file, store } = await openMachine();
    const people = file(
      'people',
      upTo(9)
        .map((n) => `{"person":"p${n}"}\n`)
        .join(''),
    );
    const order = ['--count', 'all', '--meta-file', people];
    const path = join(folder, 'guests.ndjson');
    await done('token', 'create', ...order, '--output', path);
    const kept = readFileSync(path, 'utf8').split('\n').slice(1, 7);
    writeFileSync(path, `${kept.join('\n')}\n{"n":3,"session_tok`);
    const { json } = await done('token', 'create', ...order, '--json', '--resume', path);
    expect(json).toMatchObject({ count: 9, created: 3 });
    const text = readFileSync(path, 'utf8');
    expect(text.startsWith(`${kept.join('\n')}\n`)).toBe(true);
    const lines = linesOf(text);
    expect(lines.map(({ n }) => n)).toEqual(upTo(9));
    for (const { n, session_token } of lines)
      expect(await openSealed(store, session_token)).toMatchObject({ metadata: { person: `p${n}` } });
  });

  it('that is complete needs no call', async () => {
    const machine = await openMachine();
    const path = join(machine.folder, 'guests.ndjson');
    await machine.done('token', 'create', '--count', '2', '--output', path);
    machine.env.AUTH0_DOMAIN = 'tenant.invalid';
    const { json } = await machine.done('token', 'create', '--json', '--count', '2', '--resume', path);
    expect(json).toMatchObject({ count: 2, created: 0 });
  });

  it('with other content is left unchanged', async () => {
    const { run, file } = await openMachine();
    const path = file('notes', 'my notes\nhalf');
    const { code, stderr } = await run('token', 'create', '--count', '2', '--resume', path);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Line 1 of the file to resume'),
    });
    expect(readFileSync(path, 'utf8')).toBe('my notes\nhalf');
  });
});

describe('a run that ends early', () => {
  it('reports what was refused, how many guests exist, and how to continue', async () => {
    const machine = await openMachine();
    const path = join(machine.folder, 'guests.ndjson');
    await machine.done('token', 'create', '--count', '3', '--output', path);
    await changeDocument(machine.store, 'client', 'web', { can_create_anonymous_sessions: false });
    const { code, jsonError } = await machine.run(
      'token',
      'create',
      '--app',
      'web',
      '--json',
      '--count',
      '9',
      '--resume',
      path,
    );
    expect(code).toBe(5);
    expect(jsonError).toMatchObject({
      message: expect.stringMatching(/\. 3 of 9 guests written; to continue: --resume .*guests\.ndjson$/),
      hint: expect.stringContaining('anon-cli app enable web'),
    });
    expect(linesOf(readFileSync(path, 'utf8'))).toHaveLength(3);
  });

  it('because of Ctrl-C finishes requests in progress', async () => {
    const machine = await openMachine();
    const begun = machine.printed('"n":7');
    const running = machine.run('token', 'create', '--count', '5000', '--concurrency', '3');
    await begun;
    machine.interrupt();
    const { code, stdout, stderr } = await running;
    const lines = linesOf(stdout);
    expect(lines.map(({ n }) => n)).toEqual(upTo(lines.length));
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: `error: Interrupted: ${lines.length} of 5000 guests written.\nhint:  To continue, repeat the command with --resume <file with their lines>\n`,
    });
  });

  it('because of Ctrl-C finishes requests in progress over HTTP', async () => {
    const machine = await freshMachine();
    let asked = 0;
    const tenant = await servedTenant(machine.clock, {
      answer(request) {
        if (!request.url.endsWith('/anonymous/token')) return undefined;
        asked += 1;
        if (asked === 50) machine.interrupt();
        return Response.json({ access_token: 'e30.e30.x', session_token: 's', token_type: 'Bearer', expires_in: 60 });
      },
    });
    await useRemote(machine, tenant);
    const options = ['--app', 'web', '--api', 'shop', '--count', '5000', '--concurrency', '8'];
    const { code, stdout } = await machine.run('token', 'create', ...options);
    expect(code).toBe(130);
    expect(linesOf(stdout).map(({ n }) => n)).toEqual(upTo(asked));
  });

  it('does not happen for a rate limit: all requests wait silently', async () => {
    const machine = await freshMachine();
    const tenant = await servedTenant(machine.clock, { rateLimit: { burst: 20, perSecond: 10 } });
    await useRemote(machine, tenant);
    await machine.done('app', 'enable', 'web');
    await machine.done('api', 'enable', 'shop', '--scopes', 'read:catalog');
    const { stdout, stderr } = await machine.done('token', 'create', '--count', '60', '--concurrency', '8');
    expect(linesOf(stdout).map(({ n }) => n)).toEqual(upTo(60));
    expect(stderr).toBe('');
    expect(machine.clock.waits.length).toBeGreaterThan(2);
  });

  it('warns about lost answers', async () => {
    const machine = await openMachine();
    let asked = 0;
    const tenant = await servedTenant(machine.clock, {
      answer(request) {
        if (!request.url.endsWith('/anonymous/token')) return undefined;
        asked += 1;
        if (asked === 3) return Response.json({ error: 'server_error' }, { status: 500 });
        return Response.json({ access_token: 'e30.e30.x', session_token: 's', token_type: 'Bearer', expires_in: 60 });
      },
    });
    await useRemote(machine, tenant);
    const { stdout, stderr } = await machine.done('token', 'create', '--app', 'web', '--api', 'shop', '--count', '9');
    expect(linesOf(stdout).map(({ n }) => n)).toEqual(upTo(9));
    expect(stderr).toBe(
      'warning: 1 answer was lost: the tenant may have created 1 guest whose tokens were not received.\n',
    );
  });

  it('writes a guest without an access token, with its session token and the error, and counts it as failed', async () => {
    const machine = await openMachine();
    let asked = 0;
    const tenant = await servedTenant(machine.clock, {
      answer(request) {
        if (!request.url.endsWith('/anonymous/token')) return undefined;
        asked += 1;
        const whole = { access_token: 'e30.e30.x', session_token: `s${asked}`, token_type: 'Bearer', expires_in: 60 };
        return Response.json(asked === 2 ? { ...whole, access_token: undefined } : whole);
      },
    });
    await useRemote(machine, tenant);
    const path = join(machine.folder, 'guests.ndjson');
    const create = ['token', 'create', '--app', 'web', '--api', 'shop', '--count', '4', '--concurrency', '1'];
    const { code, jsonError } = await machine.run(...create, '--output', path, '--json');
    expect(code).toBe(1);
    expect(jsonError).toMatchObject({
      code: 'response_invalid',
      message: expect.stringMatching(/access_token is required\. 2 of 4 guests written; to continue: --resume /),
      hint: expect.stringContaining('--session-token -'),
    });
    const failed = {
      n: 2,
      session_token: 's2',
      token_type: 'Bearer',
      expires_in: 60,
      error: 'access_token is required',
    };
    expect(linesOf(readFileSync(path, 'utf8'))[1]).toEqual(failed);
    const { stderr } = await machine.done(...create, '--resume', path);
    expect(stderr).toContain('warning: 1 of the guests written has no usable access token: see "error".\n');
    expect(linesOf(readFileSync(path, 'utf8')).map(({ n }) => n)).toEqual(upTo(4));
  });
});

it('two runs do not write to one file at the same time', async () => {
  const machine = await openMachine();
  const path = machine.file('guests.ndjson', '');
  const first = machine.run('token', 'create', '--count', '300', '--resume', path);
  const second = await machine.run('token', 'create', '--count', '300', '--resume', path);
  const codes = [(await first).code, second.code].sort();
  expect(codes).toEqual([0, 2]);
  expect(linesOf(readFileSync(path, 'utf8')).map(({ n }) => n)).toEqual(upTo(300));
});

describe('a log of many guests', () => {
  const count = ['token', 'create', '--count', '3'] as const;

  /** A machine on which 10 seconds are over as soon as somebody counts them. */
  async function machineWithTimer() {
    const machine = await openMachine();
    const asked: number[] = [];
    machine.shown.timer = {
      every(ms, tick) {
        asked.push(ms);
        tick();
        return () => void asked.push(-ms);
      },
    };
    return { machine, asked };
  }

  it('has a line on stderr every 10 seconds until the end', async () => {
    const { machine, asked } = await machineWithTimer();
    const { stdout, stderr } = await machine.done(...count);
    expect(stdout.split('\n')).toHaveLength(4);
    expect({ stderr, asked }).toEqual({ stderr: '0 of 3 guests\n', asked: [10_000, -10_000] });
  });

  it.each([['--json'], ['--format', 'json']].map((flags) => [flags]))('has none with %j', async (flags) => {
    const { machine } = await machineWithTimer();
    expect((await machine.done(...count, ...flags)).stderr).toBe('');
  });

  it('has none at a terminal, which shows progress in one line', async () => {
    const { machine, asked } = await machineWithTimer();
    machine.terminal.interactive = true;
    expect((await machine.done(...count, '--output', `${machine.folder}/guests.ndjson`)).stderr).not.toContain(
      'of 3 guests',
    );
    expect(asked).toEqual([]);
  });
});
