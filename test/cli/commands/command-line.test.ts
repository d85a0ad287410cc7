import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/cli/program/commands.ts';
import { freshMachine, servedAnswer } from '../../support/command.ts';

describe('a command line', () => {
  it.each([
    [['tokn', 'create'], "Unknown command 'tokn'.", "Did you mean 'token create'? See anon-cli --help"],
    [['token', 'crate'], "Unknown command 'token crate'.", "Did you mean 'token create'? See anon-cli token --help"],
    [['token', 'xyzzy'], "Unknown command 'token xyzzy'.", 'See anon-cli token --help'],
    [
      ['profile'],
      "'anon-cli profile' needs a command.",
      'Choose from: list, show, use, set, remove. See anon-cli profile --help',
    ],
    [['--jsn'], "Unknown option '--jsn'.", 'Did you mean --json? See anon-cli --help'],
    [
      ['token', 'create', '--meat', 'a=1'],
      "Unknown option '--meat'.",
      'Did you mean --meta? See anon-cli token create --help',
    ],
    [
      ['local', 'exec', 'node', '-p', '1'],
      "Unknown option '-p'.",
      'Put -- in front of the command: anon-cli local exec -- npm test',
    ],
    [['app', 'show'], "Missing required argument 'app'.", 'See anon-cli app show --help'],
    [['app', 'list', 'all'], 'Too many arguments. Expected 0 arguments but got 1.', 'See anon-cli app list --help'],
    [['tenant', 'show', '--profile'], "Option '--profile <name>' argument missing.", 'See anon-cli tenant show --help'],
    [['tenant', 'show', '--edition', 'eq'], "Unknown edition 'eq'.", 'Choose preview or ea.'],
    [['constructor'], "Unknown command 'constructor'.", 'See anon-cli --help'],
  ])('with a mistake is an error with a suggestion: %j', async (argv, message, hint) => {
    const { run } = await freshMachine({ seeded: false });
    expect(await run(...argv)).toMatchObject({ code: 2, stdout: '', stderr: `error: ${message}\nhint:  ${hint}\n` });
    const { jsonError } = await run('--json', ...argv);
    expect(jsonError).toMatchObject({ code: 'usage', exit_code: 2 });
  });

  it.each([
    ['--json', 'tenant', 'show'],
    ['tenant', '--json', 'show'],
    ['tenant', 'show', '--json'],
    ['--profile', 'local', 'tenant', 'show', '--json'],
    ['--profile=local', 'tenant', '--edition', 'preview', 'show', '--json'],
  ])('may have global options before, between and after its words: %s %s %s %s', async (...argv) => {
    const { done } = await freshMachine();
    expect((await done(...argv)).json).toMatchObject({ issuer: 'https://localhost:4400/' });
  });

  it('with a token in the wrong place does not repeat the token', async () => {
    const { run } = await freshMachine();
    const token =
      'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.eyJzdWIiOiJhbm9uLXRva2VuLXByaXZhdGUifQ.c2lnbmF0dXJlLXRvby1wcml2YXRl';
    for (const argv of [
      [token],
      ['token', token],
      ['token', 'create', token],
      ['token', 'update', `--sesion-token=${token}`],
      ['token', 'update', `--client-secrt=${token}`],
      ['tenant', 'set-lifetime', token],
      ['tenant', 'set-format', token],
      ['profile', 'use', token],
      ['login', token],
      ['login', 'acme', '--client-secret', token],
      ['login', 'acme', '--access-token', token],
      ['login', 'acme', '--signing-alg', token, '--private-key', 'x'],
      ['app', 'show', token],
      ['api', 'show', token],
      ['tenant', 'show', '--field', token],
      ['tenant', 'show', '--edition', token],
      [`--tokn=${token}`],
    ]) {
      expect((await run(...argv)).code, argv.join(' ').slice(0, 40)).not.toBe(0);
    }
  });
});

describe('help and version', () => {
  it.each([[['--help']], [['help']], [['-h']], [[]]])('work without a command: %j', async (argv) => {
    const { done } = await freshMachine({ seeded: false });
    const { stdout, stderr } = await done(...argv);
    expect(stdout).toMatch(/^Usage: anon-cli <command> \[options\]\n/);
    expect(stdout).toMatch(/\n {2}130 +interrupted\n/);
    expect(stderr).toBe('');
  });

  it.each([[['token', '--help']], [['help', 'token']], [['--help', 'token']]])(
    'of a noun list its commands: %j',
    async (argv) => {
      const { done } = await freshMachine({ seeded: false });
      expect((await done(...argv)).stdout).toMatch(/^Usage: anon-cli token <command> \[options\]\n/);
    },
  );

  it('paint titles and examples where the terminal has colours', async () => {
    const { done, terminal } = await freshMachine({ seeded: false });
    terminal.colour = true;
    const { stdout } = await done('token', 'create', '--help');
    expect(stdout).toContain('\u001b[1mUsage:\u001b[');
    expect(stdout).toContain('\u001b[36m  $ anon-cli token create --meta language=en');
  });

  it.each([
    [['--version']],
    [['-V']],
    [['version']],
    [['--version', '--field', 'version']],
    [['--profile', 'nobody', '--version']],
  ])('print the version: %j', async (argv) => {
    const { done } = await freshMachine({ seeded: false });
    expect((await done(...argv)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['--version', '--json']],
    [['--json', '-V']],
    [['version', '--json']],
    [['--version', '--format', 'json']],
  ])('print the version as JSON: %j', async (argv) => {
    const { done } = await freshMachine({ seeded: false });
    const { json, stderr } = await done(...argv);
    expect({ json, stderr }).toEqual({ json: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) }, stderr: '' });
  });

  it.each(Object.keys(commands))('of %s end with an example', async (path) => {
    const { done } = await freshMachine({ seeded: false });
    const { stdout } = await done(...path.split(' '), '--help');
    expect(stdout).toMatch(new RegExp(`^Usage: anon-cli ${path}( |\n)`));
    expect(stdout).toMatch(new RegExp(`\nExamples?:\n {2}\\$ (anon-cli .* \\| )?anon-cli ${path}`));
  });
});

describe('an error', () => {
  it('is painted where stderr is a terminal with colours, and never in JSON', async () => {
    const { run, terminal } = await freshMachine();
    terminal.colour = true;
    expect((await run('app', 'show', 'x')).stderr).toContain('\u001b[1m\u001b[31merror:\u001b[');
    expect((await run('app', 'show', 'x', '--json')).stderr).not.toContain('\u001b');
  });

  it('includes earlier warnings in its JSON object', async () => {
    const { run, profilesPath, done } = await freshMachine();
    await done('profile', 'use', 'local');
    writeFileSync(profilesPath, 'broken');
    const { stdout, stderr, code } = await run('app', 'show', 'x', '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'not_found', exit_code: 1 },
      warnings: [expect.stringContaining('was not a valid anon-cli file')],
    });
  });
});

describe('Ctrl-C', () => {
  it('ends with 130 while waiting for a tenant that never answers', async () => {
    const machine = await freshMachine();
    const { url } = await servedAnswer(() => {
      machine.interrupt();
      return new Promise(() => {});
    });
    await machine.done('login', 'slow', '--no-check', '--domain', url);
    const { code, jsonError } = await machine.run(
      ...['token', 'create', '--profile', 'slow', '--app', 'a', '--api', 'b', '--json'],
    );
    expect(code).toBe(130);
    expect(jsonError).toEqual({ code: 'interrupted', message: 'Interrupted.', exit_code: 130 });
  });

  it('ends with 130 while waiting for a rate limit', async () => {
    const machine = await freshMachine();
    const { url } = await servedAnswer(async () => {
      machine.interrupt();
      return new Response('{}', { status: 429, headers: { 'retry-after': '30' } });
    });
    await machine.done('login', 'busy', '--no-check', '--domain', url);
    const { code } = await machine.run('token', 'create', '--profile', 'busy', '--app', 'a', '--api', 'b');
    expect(code).toBe(130);
  });
});
