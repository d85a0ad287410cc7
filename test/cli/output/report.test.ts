import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { reportAsJson } from '../../../src/cli/output/report.ts';
import {
  freshMachine,
  type Machine,
  openMachine,
  recordingTerminal,
  servedAnswer,
  servedTenant,
  useRemote,
} from '../../support/command.ts';
import { jsonExamples } from '../../support/json-doc.ts';

/** The one JSON object that stderr must be, or undefined where it is empty. */
// biome-ignore lint/suspicious/noExplicitAny: the assertions of a test are what checks it
function objectOn({ stderr }: { readonly stderr: string }): any {
  if (stderr === '') return undefined;
  const lines = stderr.split('\n');
  expect(lines, stderr).toHaveLength(2);
  expect(lines[1]).toBe('');
  const value: unknown = JSON.parse(lines[0] ?? '');
  expect(value).toBeTypeOf('object');
  return value;
}

const examples = [...new Set(jsonExamples().map(({ args }) => args.join(' ')))].filter(
  (line) => !/local start|token watch|before\.json|session\.json/.test(line),
);

it('stderr shows each event as text when it happens', async () => {
  const machine = await openMachine();
  const started = machine.run('local', 'start', '--port', '0');
  await machine.printed('Ctrl-C').then(machine.interrupt);
  expect((await started).stderr).toBe('\nStopped.\n');
});

describe('stderr with --json', () => {
  it.each([
    ['at a terminal', { interactive: true, colour: true }],
    ['in a pipe', {}],
  ])('holds one JSON object or nothing %s, whatever the command', { timeout: 60_000 }, async (_where, terminal) => {
    const machine = await openMachine();
    Object.assign(machine.terminal, terminal);
    for (const line of examples) {
      // The examples run in the project's folder, where they must not write.
      const args = line.split(' ').map((word) => (word === 'tenant.json' ? join(machine.folder, word) : word));
      for (const more of [[], ['--debug'], ['--max-wait', 'soon'], ['--unknown']]) {
        objectOn(await machine.run(...args, ...more));
      }
    }
    expect(machine.questions).toEqual([]);
  });

  it.each([['--json'], ['--format', 'json'], ['--format=json'], ['--format', 'ndjson']].map((flags) => [flags]))(
    'is requested by %j',
    async (flags) => {
      const machine = await freshMachine();
      expect(objectOn(await machine.run('app', 'show', 'nobody', ...flags))).toMatchObject({
        error: { code: 'not_found' },
      });
    },
  );

  it('is text if --json is an argument after --', async () => {
    const { run } = await freshMachine();
    expect((await run('app', 'show', '--', '--json')).stderr).toMatch(/^error: Application '--json' not found/);
  });

  it('has each warning of a running command at once, on a line of its own, and none of them again', async () => {
    const machine = await freshMachine();
    const serving = machine.run('local', 'start', '--port', '0', '--host', '0.0.0.0', '--http', '--json');
    const { port } = JSON.parse(await machine.printed('}'));
    writeFileSync(machine.statePath, 'something else');
    await fetch(`http://localhost:${port}/.well-known/jwks.json`);
    machine.interrupt();
    const lines = (await serving).stderr.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).warnings)).toEqual([
      [expect.stringContaining('0.0.0.0')],
      [expect.stringContaining('local-tenant.db')],
    ]);
  });

  it('has a warning as soon as it is known', async () => {
    const heard = { stdout: '', stderr: '' };
    const terminal = recordingTerminal({ stdin: undefined, interactive: false, colour: false }, heard);
    const report = reportAsJson({ terminal });
    report.warn('before');
    expect(heard.stderr).toBe('');
    report.warnAtOnce();
    expect(heard.stderr).toBe('{"warnings":["before"]}\n');
    report.warn('later');
    report.warn('later');
    expect(heard.stderr).toBe('{"warnings":["before"]}\n{"warnings":["later"]}\n');
    expect(await report.end()).toBe(0);
    expect(heard.stderr).toBe('{"warnings":["before"]}\n{"warnings":["later"]}\n');
  });

  it('has the warnings of a command that succeeds', async () => {
    const machine = await openMachine();
    const ran = await machine.done('token', 'create', '--scope', 'anon', '--json');
    expect(objectOn(ran)).toEqual({
      warnings: ['The scope anon grants nothing. Leave --scopes out to request all that guests may have.'],
    });
    expect(ran.json.access_token).toBeTypeOf('string');
  });

  it('has the error, its warnings and the lines of --debug in one', async () => {
    const machine = await freshMachine();
    const ran = await machine.run('token', 'create', '--scope', 'anon', '--json', '--debug');
    expect(objectOn(ran)).toEqual({
      error: expect.objectContaining({ code: 'gate_closed', exit_code: 5 }),
      warnings: [expect.stringContaining('grants nothing')],
      debug: [expect.stringMatching(/^POST \/oauth\/token 200 /), expect.stringMatching(/^GET \/api\/v2\/clients\?/)],
    });
  });

  it('holds the last thousand lines of --debug', async () => {
    const machine = await openMachine();
    const ran = await machine.done('token', 'create', '--count', '1100', '--json', '--debug');
    const { debug } = objectOn(ran);
    expect(debug).toHaveLength(1001);
    expect(debug[0]).toMatch(/^\d+ earlier lines omitted$/);
    expect(debug[1000]).toMatch(/^POST \/anonymous\/token /);
  });

  it('has no waits, progress or events until Ctrl-C', async () => {
    const machine = await openMachine();
    machine.terminal.interactive = true;
    const started = machine.run('local', 'start', '--port', '0', '--json');
    await machine.printed('}').then(machine.interrupt);
    expect(objectOn(await started)).toBeUndefined();

    const other = await openMachine();
    other.terminal.interactive = true;
    await waitFor(other, 'token', 'create', '--count', '3', '--output', `${other.folder}/guests.ndjson`, '--json');
    let busy = 2;
    const tenant = await servedTenant(other.clock, {
      answer: () => (busy-- > 0 ? new Response('{}', { status: 429, headers: { 'retry-after': '7' } }) : undefined),
    });
    await useRemoteSilently(other, tenant);
    expect(objectOn(await other.done('tenant', 'show', '--json'))).toBeUndefined();
    expect(other.clock.waits.filter((ms) => ms >= 7000)).toHaveLength(2);
  });

  it('has an internal error, without its contents', async () => {
    const machine = await freshMachine();
    machine.terminal.stdin = undefined;
    const ran = await machine.run('token', 'update', '--meta', 'note=-', '--json');
    expect(objectOn(ran).error).toMatchObject({ code: 'failed', message: 'Unexpected error (Error).' });
  });

  it('has the answer of a host that is not a tenant', async () => {
    const machine = await freshMachine();
    const { url } = await servedAnswer(async () => new Response('<html>\u001b[2J</html>', { status: 502 }));
    await machine.done('login', 'odd', '--no-check', '--domain', url, '--app', 'a', '--api', 'b');
    const ran = await machine.run('token', 'create', '--app', 'a', '--api', 'b', '--max-wait', '0', '--json');
    expect(objectOn(ran).error.exit_code).toBe(ran.code);
  });
});

async function waitFor(machine: Machine, ...argv: string[]): Promise<void> {
  expect(objectOn(await machine.done(...argv))).toBeUndefined();
}

async function useRemoteSilently(machine: Machine, tenant: Awaited<ReturnType<typeof servedTenant>>): Promise<void> {
  await useRemote(machine, tenant);
}
