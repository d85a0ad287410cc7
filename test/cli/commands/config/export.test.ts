import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshMachine, openMachine } from '../../../support/command.ts';

describe.each(['preview', 'ea'] as const)('config export of edition %s', (edition) => {
  it('gives a file whose plan shows no changes, also with everything', async () => {
    const machine = await openMachine({ edition });
    await machine.done('tenant', 'set-lifetime', '7d');
    await machine.done('app', 'origins', 'add', 'web', 'http://localhost:3000');
    const path = join(machine.folder, 'anon.yaml');
    const { stdout } = await machine.done('config', 'export', '--output', path);
    expect(stdout).toContain(`✔ Exported to ${path}\n`);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('\ntenant:\n  lifetime: 7d\n\napps:\n  web:\n    enabled: true\n');
    expect(text).toContain('\n      - http://localhost:3000\n');
    expect(text).toContain('# yaml-language-server: $schema=./node_modules/anon-cli/dist/anon.schema.json\n');
    expect((await machine.done('config', 'plan', '--file', path)).stdout).toContain('✔ No changes');
    machine.terminal.stdin = (await machine.done('config', 'export', '--full')).stdout;
    expect(machine.terminal.stdin).toContain('format: jwe');
    expect((await machine.done('config', 'plan', '--file', '-', '--prune')).stdout).toContain('✔ No changes');
  });

  it('is the same each time, and never replaces a file', async () => {
    const machine = await openMachine({ edition });
    const [one, other] = [await machine.done('config', 'export'), await machine.done('config', 'export')];
    expect(one.stdout).toBe(other.stdout);
    const path = machine.file('anon.yaml', 'mine');
    expect(await machine.run('config', 'export', '--output', path)).toMatchObject({ code: 2 });
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });
});

it('config export warns of what config validate would refuse', async () => {
  const machine = await openMachine();
  const { store } = machine;
  await store.write(async (writer) => {
    const [web] = (await writer.list('client')).filter(({ name }) => name === 'web');
    writer.put('client', String(web?.client_id), { ...web, web_origins: ['http://localhost:3000/app'] });
  });
  const { stderr } = await machine.done('config', 'export');
  expect(stderr).toMatch(/warning: stdout:\d+:\d+: .*an origin has no path/s);
});

it('config export refuses a file that is not YAML', async () => {
  const machine = await freshMachine();
  const { code, stderr } = await machine.run('config', 'export', '--output', 'anon.json');
  expect(code).toBe(2);
  expect(stderr).toContain("'anon.json' must end with .yaml or .yml.");
});

it('config init --from-tenant begins with what is open to guests', async () => {
  const machine = await openMachine();
  const path = join(machine.folder, 'anon.yaml');
  await machine.done('config', 'init', path, '--from-tenant');
  const exported = (await machine.done('config', 'export')).stdout.split('\n').slice(1).join('\n');
  expect(readFileSync(path, 'utf8').split('\n').slice(1).join('\n')).toBe(exported);
});

describe('doctor --policy', () => {
  const policies = (text: string) => `policies:\n  - ${text}\n`;

  it('says that all policies hold', async () => {
    const machine = await openMachine();
    const path = machine.file('p.yaml', `${policies('token-format: jwe')}  - forbidden-scopes: ["admin:*"]\n`);
    const { stdout } = await machine.done('doctor', '--policy', path);
    expect(stdout).toBe('✔ All 2 policies hold at localhost:4400\n');
  });

  it.each(['preview', 'ea'] as const)('exits with 5 for one that does not, edition %s', async (edition) => {
    const machine = await openMachine({ edition });
    const path = machine.file('p.yaml', policies('forbidden-scopes: ["write:*"]'));
    const { code, stdout, stderr } = await machine.run('doctor', '--policy', path);
    expect(code).toBe(5);
    expect(stdout).toContain('error: Guests of web are granted write:cart; write:* is forbidden.\n');
    expect(stderr).toContain('error: A policy does not hold: Guests of web are granted write:cart');
    const json = await machine.run('doctor', '--policy', path, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      checked: 1,
      policies: [{ state: 'violated', policy: { line: 2 } }],
    });
  });

  it('judges the claims of applications and APIs', async () => {
    const machine = await openMachine({ edition: 'ea' });
    await machine.done('claims', 'set', 'mail', 'metadata.email');
    const path = machine.file('p.yaml', policies('forbidden-claims: [metadata.email]'));
    const { code, stdout } = await machine.run('doctor', '--policy', path);
    expect(code).toBe(5);
    expect(stdout).toContain('claims: error: Claim mail shows metadata.email.\n');
  });

  it('exits with 2 for a wrong file, and for options that it has no use for', async () => {
    const machine = await freshMachine();
    const path = machine.file('p.yaml', 'policies: [{cookie: no}]');
    const { code, stderr } = await machine.run('doctor', '--policy', path);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "p.yaml:1:21: error: 'cookie' must be true or false, not the text 'no'.\n  hint: Write false.\n",
    );
    expect(stderr).toContain('p.yaml has 1 problem.');
    const json = await machine.run('doctor', '--policy', path, '--json');
    expect(json.jsonError).toMatchObject({ code: 'usage', problems: [{ line: 1, column: 21, severity: 'error' }] });
    expect((await machine.run('doctor', '--policy', path, '--fix')).stderr).toContain(
      "--fix and --policy can't be combined.",
    );
  });
});
