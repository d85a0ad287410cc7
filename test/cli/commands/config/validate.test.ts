import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { schemaPath } from '../../../../src/cli/commands/config/schema.ts';
import { freshMachine, type Machine } from '../../../support/command.ts';

async function validated(machine: Machine, text: string, ...options: string[]) {
  const path = machine.file('anon.yaml', text);
  const ran = await machine.run('config', 'validate', '--file', path, ...options);
  return {
    ...ran,
    stdout: ran.stdout.replaceAll(machine.folder, '~'),
    stderr: ran.stderr.replaceAll(machine.folder, '~'),
  };
}

describe('config validate', () => {
  it('says that a configuration is valid, and what it manages', async () => {
    const machine = await freshMachine({ seeded: false });
    const text =
      'tenant: {lifetime: 30d}\napps: {web: {enabled: true}, shop: {}}\napis: {a: {open: true}}\nclaims: {x: user_id}';
    expect(await validated(machine, text)).toMatchObject({
      code: 0,
      stdout:
        '✔ Valid: ~/anon.yaml (tenant settings, 2 applications, 1 API, 1 claim)\nNext: anon-cli config plan, with the same options\n',
      stderr: '',
    });
    expect((await validated(machine, 'tenant: {}')).stdout).toBe(
      '✔ Valid: ~/anon.yaml (it manages nothing)\nNext: anon-cli config plan, with the same options\n',
    );
  });

  it('prints every problem as compilers do, and exits with 2', async () => {
    const machine = await freshMachine({ seeded: false });
    const { code, stdout, stderr } = await validated(machine, 'tenant: {lifetme: 30d, cookie: no}\napps: []\n');
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'error: ~/anon.yaml has 3 problems.\n' });
    expect(stdout).toBe(`~/anon.yaml:1:10: error: Unknown key 'lifetme' in tenant.
  hint: Did you mean 'lifetime'?
~/anon.yaml:1:32: error: 'cookie' must be true or false, not the text 'no'.
  hint: Write false.
~/anon.yaml:2:7: error: 'apps' must be a map, not a list.
  hint: Write names as keys, without dashes: name: value
`);
  });

  it('prints problems as JSON', async () => {
    const machine = await freshMachine({ seeded: false });
    const { code, stdout, stderr } = await validated(machine, 'tenant: {cookie: no}', '--json', '--set', 'x=1');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      files: ['~/anon.yaml'],
      valid: false,
      problems: [
        { file: '~/anon.yaml', line: 1, column: 18, severity: 'error', hint: 'Write false.' },
        { file: '--set x', line: 1, column: 1, message: "Unknown key 'x'." },
      ],
      policies: [],
    });
    expect(JSON.parse(stderr).error).toEqual({ code: 'usage', message: 'The files have 2 problems.', exit_code: 2 });
  });

  it('reads stdin, and the environment', async () => {
    const machine = await freshMachine({ seeded: false });
    machine.terminal.stdin = 'tenant: {lifetime: "${LIFETIME}"}';
    expect((await machine.run('config', 'validate', '-f', '-')).stdout).toContain(
      'stdin:1:21: error: The environment variable LIFETIME is not set.',
    );
    machine.env.LIFETIME = '30d';
    expect((await machine.done('config', 'validate', '-f', '-')).stdout).toContain('✔ Valid: stdin');
  });

  it('exits with 5 for a policy that does not hold, and says where', async () => {
    const machine = await freshMachine({ seeded: false });
    const policy = machine.file('p.yaml', 'policies:\n  - max-session-lifetime: 90d\n    message: Ask Ann.\n');
    const { code, stdout, stderr } = await validated(machine, 'tenant: {lifetime: never}', '--policy', policy);
    expect(code).toBe(5);
    expect(stdout).toBe(
      '~/anon.yaml:1:20: error: Sessions never expire; the maximum is 90 days.\n  Ask Ann. (policy ~/p.yaml:2:5)\n',
    );
    expect(stderr).toBe('error: A policy does not hold: Sessions never expire; the maximum is 90 days.\n');
    const json = await validated(machine, 'tenant: {lifetime: never}', '--policy', policy, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: true,
      policies: [
        {
          state: 'violated',
          rule: 'max-session-lifetime',
          subject: 'tenant',
          reason: 'Ask Ann.',
          policy: { file: '~/p.yaml', line: 2, column: 5 },
          place: { file: '~/anon.yaml', line: 1, column: 20 },
        },
      ],
    });
    expect(JSON.parse(json.stderr).error).toMatchObject({ code: 'policy_violated', exit_code: 5 });
  });

  it('exits with 0 for warnings and for what it cannot tell', async () => {
    const machine = await freshMachine({ seeded: false });
    const text =
      'apis: {a: {open: true, apps: {web: [b]}}}\npolicies: [{token-format: jwe}, {forbidden-scopes: [b], severity: warning}]';
    const { code, stdout } = await validated(machine, text);
    expect(code).toBe(0);
    expect(stdout).toContain("~/anon.yaml:1:31: warning: Application 'web' is not in apps.");
    expect(stdout).toContain('tenant: unknown: Cannot tell the session token format: it is not given.');
    expect(stdout).toContain('~/anon.yaml:1:36: warning: Guests of web are granted b; b is forbidden.');
  });

  it('names the file that cannot be read', async () => {
    const machine = await freshMachine({ seeded: false });
    const { code, stderr } = await machine.run('config', 'validate', '--file', join(machine.folder, 'gone.yaml'));
    expect(code).toBe(2);
    expect(stderr).toContain('gone.yaml cannot be read');
  });
});

describe('config init', () => {
  it('creates a valid file once', async () => {
    const machine = await freshMachine({ seeded: false });
    const path = join(machine.folder, 'anon.yaml');
    const { stdout } = await machine.done('config', 'init', path);
    expect(stdout).toContain(`✔ Created ${path}\nNext: edit it, then anon-cli config validate --file ${path}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await machine.done('config', 'validate', '--file', path);
    const before = readFileSync(path, 'utf8');
    const again = await machine.run('config', 'init', path);
    expect(again).toMatchObject({ code: 2 });
    expect(again.stderr).toContain('cannot be written');
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('has examples that are valid', async () => {
    const machine = await freshMachine({ seeded: false });
    const { stdout } = await machine.done('config', 'init', '--stdout');
    expect(stdout).toContain('# yaml-language-server: $schema=./node_modules/anon-cli/dist/anon.schema.json\n');
    const used = stdout
      .replace('{}', '')
      .replaceAll(/^#(?! )/gm, '')
      .replaceAll(/^#( {2})/gm, '$1');
    const { stdout: verdict } = await validated(machine, used);
    expect(verdict).toContain('(tenant settings, 1 application, 1 API, 1 claim, 2 policies)');
  });

  it.each([
    ['anon.yaml', './node_modules'],
    ['stages/prod.yaml', '../node_modules'],
    ['../anon.yaml', './node_modules'],
    ['/elsewhere/anon.yaml', './node_modules'],
  ])('names the schema from the folder of %s', (file, path) => {
    expect(schemaPath(file)).toBe(`${path}/anon-cli/dist/anon.schema.json`);
  });

  it('refuses a name that is not YAML', async () => {
    const machine = await freshMachine({ seeded: false });
    const { code, stderr } = await machine.run('config', 'init', join(machine.folder, 'anon.json'));
    expect(code).toBe(2);
    expect(stderr).toContain('must end with .yaml or .yml');
  });
});
