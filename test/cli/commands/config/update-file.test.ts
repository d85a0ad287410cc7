import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshMachine, type Machine, openMachine } from '../../../support/command.ts';

const shop = 'https://api.shop.example';

/** A file with everything that could be lost, for the tenant of `openMachine`. */
const file = `# yaml-language-server: $schema=./anon.schema.json
# Reviewed by the security team

tenant:
  lifetime: 30d                       # of guest sessions

apps:
  web:                                # the shop
    enabled: true
    origins: [http://localhost:3000] # yet

apis:
  ${shop}:
    open: true
    scopes:
      - read:catalog                  # everybody
      # the cart
      - write:cart
policies:
  - max-session-lifetime: 90d         # legal
`;

async function updated(machine: Machine, path: string) {
  const ran = await machine.run('config', 'export', '--update', path);
  return { ...ran, text: readFileSync(path, 'utf8') };
}

async function showsNoChanges(machine: Machine, path: string) {
  expect((await machine.done('config', 'plan', '--file', path)).stdout).toContain('✔ No changes');
}

describe.each(['preview', 'ea'] as const)('config export --update, edition %s', (edition) => {
  it('gives a file the values of the tenant and keeps everything else', async () => {
    const machine = await openMachine({ edition });
    await machine.done('tenant', 'set-lifetime', '7d');
    await machine.store.write(async (writer) => {
      const [web] = (await writer.list('client')).filter(({ name }) => name === 'web');
      writer.put('client', String(web?.client_id), {
        ...web,
        web_origins: ['https://shop.example'],
        allowed_origins: [],
      });
    });
    await machine.done('api', 'scopes', 'remove', 'shop', 'write:cart');
    const path = machine.file('anon.yaml', file);
    const { stdout, stderr, text, code } = await updated(machine, path);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(text).toBe(
      file
        .replace('lifetime: 30d ', 'lifetime: 7d ')
        .replace('    origins: [http://localhost:3000] # yet\n', '    origins: [https://shop.example] # yet\n')
        .replace('      - write:cart\n', ''),
    );
    expect(stdout).toContain('~ lifetime  30d → 7d\n');
    expect(stdout).toContain(`✔ Updated ${path}: 3 settings\n`);
    await showsNoChanges(machine, path);
    const again = await updated(machine, path);
    expect(again.stdout).toBe(`✔ No changes: ${path} has the values of localhost:4400\n`);
    expect(again.text).toBe(text);
  });

  it('also for claims, and for an application that is no longer enabled', async () => {
    const machine = await openMachine({ edition });
    const text = 'apps:\n  web: {enabled: true}\nclaims:\n  old: metadata.old # gone\n  language: metadata.lang\n';
    const path = machine.file('anon.yaml', `apis:\n  ${shop}: {open: true}\n${text}`);
    await machine.done('claims', 'set', 'language', 'metadata.language');
    const claims = await updated(machine, path);
    expect(claims.text).toContain('claims:\n  language: metadata.language\n');
    await machine.done('app', 'disable', 'web');
    expect((await updated(machine, path)).text).toContain('web: {enabled: false}');
    await showsNoChanges(machine, path);
  });

  it('keeps what comes from elsewhere, and says what and why', async () => {
    const machine = await openMachine({ edition });
    await machine.done('tenant', 'set-lifetime', '7d');
    await machine.done('api', 'disable', 'shop');
    machine.env.LIFETIME = '30d';
    const base = machine.file('base.yaml', `apis:\n  ${shop}:\n    open: true\n`);
    const path = machine.file('anon.yaml', 'extends: base.yaml\ntenant:\n  lifetime: $' + '{LIFETIME}\n');
    const { stdout, stderr, text } = await updated(machine, path);
    expect(stdout).toBe(`✔ No changes: ${path} stays as it was\n`);
    expect(text).toContain('$' + '{LIFETIME}');
    expect(readFileSync(base, 'utf8')).toContain('open: true');
    expect(stderr).toContain(
      `warning: ${path}:3:13: lifetime stays 30d, because it comes from an environment variable. The tenant has 7d.\n`,
    );
    expect(stderr).toContain(`${base}:3:11: open stays true, because it comes from ${base}. The tenant has false.\n`);
    const { json } = await machine.done('config', 'export', '--update', path, '--json');
    expect(json.changes).toEqual([]);
    expect(json.left[0]).toMatchObject({
      setting: 'lifetime',
      line: 3,
      reason: 'it comes from an environment variable',
    });
  });

  it('names what is open and not in the file', async () => {
    const machine = await openMachine({ edition });
    const path = machine.file('anon.yaml', 'tenant:\n  lifetime: 1d\n');
    const { stderr, text } = await updated(machine, path);
    expect(text).toBe('tenant:\n  lifetime: 30d\n');
    expect(stderr).toContain(
      `warning: Open to guests at the tenant, but not in ${path}: application web, API ${shop}. anon-cli config export shows all.\n`,
    );
  });

  it('names an application that the tenant does not have, with its place', async () => {
    const machine = await openMachine({ edition });
    const path = machine.file('anon.yaml', 'tenant:\n  lifetime: 1d\napps:\n  wbe:\n    enabled: true\n');
    const { stderr, text } = await updated(machine, path);
    expect(text).toContain('lifetime: 30d');
    expect(stderr).toContain(`${path}:4:3: Application 'wbe' not found.`);
  });
});

describe('the scopes of single applications in edition ea', () => {
  const apps = `apps:\n  web:\n    enabled: true\n  blog:\n    enabled: true\n`;

  async function twoApps() {
    const machine = await openMachine({ edition: 'ea' });
    await machine.done('app', 'create', 'blog');
    await machine.done('app', 'enable', 'blog');
    return machine;
  }

  it('get lists of their own where one list is no longer right', async () => {
    const machine = await twoApps();
    const shared = `${apps}apis:\n  ${shop}:\n    open: true\n    scopes: [read:catalog, write:cart] # all\n`;
    const path = machine.file('anon.yaml', shared);
    await machine.done('config', 'apply', '--file', path, '--yes');
    await machine.done('api', 'scopes', 'remove', 'shop', 'write:cart', '--app', 'blog');
    const { text, stderr } = await updated(machine, path);
    expect(stderr).toBe('');
    expect(text).toBe(`${shared}    apps:\n      blog: [read:catalog]\n`);
    await showsNoChanges(machine, path);
    await machine.done('api', 'scopes', 'remove', 'shop', 'write:cart', '--app', 'web');
    await updated(machine, path);
    await showsNoChanges(machine, path);
  });

  it('become those of today where the tenant gives every scope, and the rest is reported', async () => {
    const machine = await openMachine({ edition: 'ea' });
    await machine.store.write(async (writer) => {
      const [grant] = (await writer.list('client_grant')).filter((one) => one.subject_type === 'anonymous_user');
      writer.put('client_grant', String(grant?.id), { ...grant, allow_all_scopes: true });
    });
    const own = `apis:\n  ${shop}:\n    apps:\n      web: [read:catalog] # the shop\n`;
    const path = machine.file('anon.yaml', own);
    const first = await updated(machine, path);
    expect(first.text).toBe(own.replace('[read:catalog]', '[read:catalog, read:orders, write:cart, write:orders]'));
    expect(first.stdout).toContain('~ scopes of web  +read:orders +write:cart +write:orders\n');
    expect(first.stdout).toContain(`✔ Updated ${path}: 1 setting\n`);
    const all = 'because a list cannot express every scope, later ones too. The tenant has all scopes.\n';
    expect(first.stderr).toContain(`scopes of web stays read:catalog read:orders write:cart write:orders, ${all}`);
    const again = await updated(machine, path);
    expect(again.stdout).toBe(`✔ No changes: ${path} stays as it was\n`);
    expect(again.stderr).toContain(all);
  });

  it('are removed with their grant', async () => {
    const machine = await twoApps();
    const own = `${apps}apis:\n  ${shop}:\n    apps:\n      web: [read:catalog] # the shop\n      blog: [read:catalog]\n`;
    const path = machine.file('anon.yaml', own);
    await machine.done('config', 'apply', '--file', path, '--yes');
    await machine.store.write(async (writer) => {
      const clients = await writer.list('client');
      const blog = clients.find(({ name }) => name === 'blog')?.client_id;
      const grants = await writer.list('client_grant');
      for (const grant of grants) if (grant.client_id === blog) writer.remove('client_grant', String(grant.id));
    });
    expect((await updated(machine, path)).text).toBe(own.replace('      blog: [read:catalog]\n', ''));
    await showsNoChanges(machine, path);
  });
});

describe('the file', () => {
  it.each([
    ['JSON', '{\n  "tenant": {\n    "lifetime": "1d"\n  }\n}\n', '{\n  "tenant": {\n    "lifetime": "30d"\n  }\n}\n'],
    ['CRLF', 'tenant:\r\n  lifetime: 1d\r\n', 'tenant:\r\n  lifetime: 30d\r\n'],
    ['a byte order mark', '\ufefftenant: {lifetime: 1d}', '\ufefftenant: {lifetime: 30d}'],
  ])('with %s stays such a file', async (_, before, after) => {
    const machine = await openMachine();
    expect((await updated(machine, machine.file('anon.json', before))).text).toBe(after);
  });

  it('keeps its encoding and its permissions', async () => {
    const machine = await openMachine();
    const path = machine.file('anon.yaml', '');
    writeFileSync(path, Buffer.from('\ufefftenant: {lifetime: 1d}', 'utf16le'));
    chmodSync(path, 0o640);
    await machine.done('config', 'export', '--update', path);
    expect(readFileSync(path, 'utf16le')).toBe('\ufefftenant: {lifetime: 30d}');
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('stays as it was where a value of the tenant is not valid in it', async () => {
    const machine = await openMachine();
    await machine.store.write(async (writer) => {
      const [web] = (await writer.list('client')).filter(({ name }) => name === 'web');
      writer.put('client', String(web?.client_id), { ...web, web_origins: ['http://localhost:3000/app'] });
    });
    const path = machine.file('anon.yaml', 'apps:\n  web:\n    origins: []\n');
    const { code, stderr, text } = await updated(machine, path);
    expect(code).toBe(2);
    expect(stderr).toContain(`The tenant has a value that ${path} cannot have: `);
    expect(text).toBe('apps:\n  web:\n    origins: []\n');
  });

  it('must be valid, and there', async () => {
    const machine = await freshMachine();
    const path = machine.file('anon.yaml', 'tenant: {lifetme: 1d}\n');
    const wrong = await updated(machine, path);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("anon.yaml:1:10: error: Unknown key 'lifetme' in tenant.");
    const missing = await machine.run('config', 'export', '--update', join(machine.folder, 'none.yaml'));
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('none.yaml cannot be read: no such file.');
  });

  it.each([
    [['-'], '--update takes a file, not stdin.'],
    [['anon.yaml', '--full'], "--update and --full can't be combined."],
    [['anon.yaml', '--output', 'new.yaml'], "--update and --output can't be combined."],
  ])('%j is refused', async (words, message) => {
    const machine = await freshMachine();
    const { code, stderr } = await machine.run('config', 'export', '--update', ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
