import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localExportCommand, localImportCommand } from '../../../../src/cli/commands/local/export.ts';
import { documentNamed, freshMachine, type Machine, openMachine, parsed } from '../../../support/command.ts';
import { otherTenantKeys } from '../../../support/local.ts';
import { sampleExport } from '../../../support/tenant-export.ts';

const secretsWarning =
  "holds the tenant's private key and the client secrets of its applications. Protect it like a password.\n";

/** Exports the tenant of a machine, and returns the path and the content of the file. */
async function exported(machine: Machine) {
  const path = join(machine.folder, 'tenant.json');
  await machine.done('local', 'export', '--output', path);
  return { path, content: JSON.parse(readFileSync(path, 'utf8')) };
}

describe('local export', () => {
  it('writes the whole state to a new file that only the user can read, and warns of its secrets', async () => {
    const machine = await openMachine({ edition: 'ea' });
    const path = join(machine.folder, 'tenant.json');
    const { stdout, stderr } = await machine.done('local', 'export', '--output', path);
    expect(stdout).toBe(
      `✔ Exported 1 application, 1 API, 1 grant to ${path}, which only you can read\n` +
        'Next: anon-cli local import <file>, where the tenant should go\n',
    );
    expect(stderr).toBe(`warning: ${path} ${secretsWarning}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const content = JSON.parse(readFileSync(path, 'utf8'));
    expect(Object.keys(content)).toEqual(['format', 'version', 'edition', 'issuer', 'documents']);
    expect(content).toMatchObject({ format: 'anon-cli local tenant', version: 2, edition: 'ea' });
    const web = await documentNamed(machine.store, 'client', 'web');
    expect(content.documents.client[1]).toEqual({ id: web.client_id, document: web });
    // Nothing else is left in the folder.
    expect(readdirSync(machine.folder).filter((name) => name.includes('tenant.json'))).toEqual(['tenant.json']);
  });

  it('replaces no file, and reports a folder that does not exist', async () => {
    const machine = await freshMachine();
    const path = machine.file('tenant.json', 'precious');
    expect(await machine.run('local', 'export', '--output', path)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `error: ${path} cannot be written: it already exists.\nhint:  Choose another name, or remove the file first.\n`,
    });
    expect(readFileSync(path, 'utf8')).toBe('precious');
    const nowhere = join(machine.folder, 'nowhere', 'tenant.json');
    expect((await machine.run('local', 'export', '--output', nowhere)).stderr).toBe(
      `error: ${nowhere} cannot be written: its folder does not exist.\n`,
    );
  });

  it('writes to stdout with --output -, but not to a terminal', async () => {
    const machine = await freshMachine();
    const { stdout, stderr } = await machine.done('local', 'export', '--output', '-');
    expect(JSON.parse(stdout)).toEqual((await exported(machine)).content);
    expect(stderr).toBe(`warning: The output ${secretsWarning}`);
    machine.terminal.interactive = true;
    expect(await machine.run('local', 'export', '--output', '-')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: stdout is a terminal, and the export holds the tenant's private key/),
    });
  });

  it('refuses another edition', async () => {
    const { run } = await freshMachine();
    expect(await run('local', 'export', '--output', '-', '--edition', 'ea')).toMatchObject({ code: 7, stdout: '' });
  });
});

describe('local import', () => {
  it.each(['preview', 'ea'] as const)('moves a tenant to another machine, in edition %s', async (edition) => {
    const source = await openMachine({ edition });
    const { stdout: token } = await source.done('token', 'create', '--app', 'web', '--field', 'access_token');
    const { path, content } = await exported(source);
    const target = await freshMachine({ seeded: false });
    const { stdout, stderr } = await target.done('local', 'import', path);
    const grants = edition === 'ea' ? '1 grant' : '0 grants';
    expect(stdout).toBe(
      `✔ Imported 1 application, 1 API, ${grants}, in edition ${edition}, with the issuer https://localhost:4400/\n` +
        'Next: anon-cli status\n',
    );
    expect(stderr).toBe('');
    expect((await exported(target)).content).toEqual(content);
    await target.done('token', 'verify', token.trim(), '--api', 'shop');
    await target.done('token', 'create', '--app', 'web', '--api', 'shop');
    expect(statSync(target.statePath).mode & 0o777).toBe(0o600);
  });

  it('reads stdin with -, and prints counts with --json', async () => {
    const machine = await freshMachine();
    machine.terminal.stdin = JSON.stringify(sampleExport({ clients: 3, apis: 2, grants: 4 }));
    expect((await machine.done('local', 'import', '-', '--json')).json).toEqual({
      state: machine.statePath,
      database: null,
      issuer: 'https://localhost:4400/',
      edition: 'ea',
      new_keys: false,
      documents: {
        ...{ tenant: 1, key: 1, client: 4, resource_server: 3, client_grant: 5, client_credential: 0 },
        ...{ user: 0, action: 0, refresh_token: 0 },
      },
    });
    expect((await machine.done('app', 'list', '--field', '*.name')).stdout).toBe('app 0\napp 1\napp 2\n');
  });

  it('reports a changed issuer, which later commands use', async () => {
    const machine = await freshMachine();
    const issuer = 'https://acme.test/';
    const text = JSON.stringify({ ...sampleExport(), issuer }).replaceAll('https://localhost:4400/api', `${issuer}api`);
    expect((await machine.done('local', 'import', machine.file('a.json', text))).stdout).toContain(issuer);
    expect((await machine.done('local', 'show', '--field', 'issuer')).stdout).toBe(`${issuer}\n`);
  });

  it('asks before it replaces a tenant that has been changed, and does nothing without a yes', async () => {
    const machine = await openMachine();
    const path = machine.file('other.json', JSON.stringify(sampleExport()));
    const before = (await exported(machine)).content;
    const fact = 'An import deletes all applications, APIs, users and keys that the local tenant has now';
    expect(await machine.run('local', 'import', path)).toMatchObject({
      code: 2,
      stderr: `error: ${fact}, and there is no terminal to ask on.\nhint:  To confirm, pass --yes.\n`,
    });
    machine.terminal.interactive = true;
    machine.answers.push(false);
    expect(await machine.run('local', 'import', path)).toMatchObject({
      code: 1,
      stderr: 'error: Declined; nothing was changed.\n',
    });
    machine.terminal.interactive = false;
    expect(JSON.parse((await machine.done('local', 'export', '--output', '-')).stdout)).toEqual(before);
    machine.terminal.interactive = true;
    machine.answers.push(true);
    await machine.done('local', 'import', path);
    expect(machine.questions).toEqual([`${fact}. Import?`, `${fact}. Import?`]);
    machine.terminal.interactive = false;
    await machine.done('local', 'import', path, '--yes');
  });

  it('removes saved sessions and defaults only where the keys change', async () => {
    const machine = await openMachine();
    await machine.done('profile', 'set', 'app', 'web');
    await machine.done('token', 'create', '--session', 'cart');
    const { path, content } = await exported(machine);
    await machine.done('local', 'import', path, '--yes');
    await machine.done('token', 'get', '--session', 'cart');
    expect((await machine.done('profile', 'list', '--json')).json[0]).toMatchObject({ app: { name: 'web' } });
    content.documents.key[0].document = otherTenantKeys;
    writeFileSync(path, JSON.stringify(content));
    expect((await machine.done('local', 'import', path, '--yes', '--json')).json).toMatchObject({ new_keys: true });
    expect((await machine.done('session', 'list', '--json')).json).toEqual([]);
    expect((await machine.done('profile', 'list', '--json')).json[0]).toMatchObject({ app: null });
  });

  it('changes nothing when the file cannot be imported', async () => {
    const machine = await openMachine();
    const before = (await exported(machine)).content;
    const broken = { ...sampleExport(), documents: { ...sampleExport().documents, role: [] } };
    const path = machine.file('broken.json', JSON.stringify(broken));
    expect(await machine.run('local', 'import', path, '--yes')).toMatchObject({
      code: 2,
      stderr:
        `error: ${path} cannot be imported: documents.role is unknown.\n` +
        'hint:  Nothing was changed. Correct the file, or export the tenant again:\n       anon-cli local export\n',
    });
    for (const file of ['nowhere.json', machine.folder]) {
      expect(await machine.run('local', 'import', file, '--yes')).toMatchObject({ code: 2 });
    }
    expect(JSON.parse((await machine.done('local', 'export', '--output', '-')).stdout)).toEqual(before);
  });

  it('refuses another edition than the one asked for', async () => {
    const machine = await freshMachine();
    const path = machine.file('tenant.json', JSON.stringify(sampleExport()));
    expect(await machine.run('local', 'import', path, '--edition', 'preview')).toMatchObject({
      code: 7,
      stderr: expect.stringContaining('The exported tenant uses edition ea, not preview.'),
    });
    machine.env.ANON_EDITION = 'ea';
    await machine.done('local', 'import', path);
  });
});

it('what the two commands parse are options', async () => {
  expect(await parsed(localExportCommand)).toEqual([{ output: 'local-tenant.json' }]);
  expect(await parsed(localExportCommand, '--output', '-')).toEqual([{ output: '-' }]);
  expect(await parsed(localImportCommand, '-', '-y')).toEqual(['-', { yes: true }]);
});
