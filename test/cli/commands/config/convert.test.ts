import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { freshMachine, type Machine } from '../../../support/command.ts';

const require = createRequire(import.meta.url);
const tool = createRequire(require.resolve('auth0-deploy-cli'));

// It requires modules that Node 20.18 can only import, for colours and questions; its schemas need neither.
for (const name of ['chalk', '@clack/prompts']) {
  const path = tool.resolve(name);
  tool.cache[path] = { id: path, filename: path, loaded: true, exports: {} } as never;
}

/** What the import of auth0-deploy-cli says against a file; null where it accepts it. */
function refusalOf(text: string): unknown {
  const Ajv = tool('ajv/lib/ajv');
  const schemaOf = (type: string) => tool(`./tools/auth0/handlers/${type}.js`).schema;
  const types = ['tenant', 'clients', 'resourceServers', 'clientGrants'];
  const properties = Object.fromEntries(types.map((type) => [type, schemaOf(type)]));
  const ajv = new Ajv({ useDefaults: true, nullable: true });
  ajv.validate({ type: 'object', properties, additionalProperties: false }, parse(text, { version: '1.1' }));
  return ajv.errors;
}

const tenantLine = { ea: 'cookie: false', preview: 'format: jwt' };
const scopes = {
  ea: ['scopes: [read:catalog]', '    apps:', '      kiosk: [read:catalog, write:cart]'].join('\n'),
  preview: 'scopes: [read:catalog, write:cart]',
};

const configOf = (edition: 'ea' | 'preview', { open = '    open: true\n' } = {}) => `tenant:
  lifetime: 7d
  ${tenantLine[edition]}

apps:
  web shop:
    enabled: true
    oidc-conformant: true
    origins: [https://shop.example]
  kiosk:
    enabled: true
    oidc-conformant: true

apis:
  https://shop.example/api:
${open}    token-lifetime: 1d
    ${scopes[edition]}

claims:
  https://shop.example/language: metadata.language
`;

/** In words that do not depend on how a list of scopes is written. */
function meaning(text: string): unknown {
  const config = parse(text);
  const enabled = Object.keys(config.apps ?? {}).filter((app) => config.apps[app].enabled);
  for (const api of Object.values(config.apis ?? {}) as { scopes?: string[]; apps?: Record<string, string[]> }[]) {
    const shared = Object.fromEntries(enabled.map((app) => [app, api.scopes]));
    if (api.scopes) api.apps = { ...(shared as Record<string, string[]>), ...api.apps };
    api.scopes = undefined;
  }
  return config;
}

async function convert(machine: Machine, ...args: string[]) {
  const { code, stdout, stderr } = await machine.run('config', 'convert', ...args);
  expect(code, stderr).toBe(0);
  return { text: stdout, stderr };
}

it.each(['ea', 'preview'] as const)(
  'a configuration survives auth0-deploy-cli and back, edition %s',
  async (edition) => {
    const machine = await freshMachine({ seeded: false });
    const path = machine.file('anon.yaml', configOf(edition));
    const { text, stderr } = await convert(machine, '--to', 'deploy-cli', '--file', path, '--edition', edition);
    expect(refusalOf(text)).toBeNull();
    const back = await convert(machine, '--from', 'deploy-cli', machine.file('tenant.yaml', text));
    // Version 8.44.0 refuses the guest policy, so what cannot be written is said, in both places.
    const refused = `${path}:16:5: 'open' of https://shop.example/api is left out: auth0-deploy-cli 8.44.0 refuses`;
    for (const said of [text, stderr]) expect(said.includes(refused)).toBe(edition === 'ea');
    expect(back.stderr).toBe('');
    expect(meaning(back.text)).toEqual(meaning(configOf(edition, edition === 'ea' ? { open: '' } : {})));
  },
);

it('the schema of auth0-deploy-cli refuses what is left out', () => {
  const api = { name: 'Shop', identifier: 'https://shop.example/api' };
  const guests = { subject_type_authorization: { anonymous_user: { policy: 'deny_all' } } };
  expect(refusalOf(JSON.stringify({ resourceServers: [{ ...api, ...guests }] }))).not.toBeNull();
  // A mark without a value keeps what the tenant has.
  const { stripUnresolvedPlaceholders } = tool('./tools/utils.js');
  expect(stripUnresolvedPlaceholders({ name: '##API_1_NAME##', a: 1 }, 'resourceServers', 'x')).toEqual({ a: 1 });
});

it('reads the plan of Terraform', async () => {
  const machine = await freshMachine({ seeded: false });
  const { text, stderr } = await convert(machine, '--from', 'terraform', 'test/fixtures/convert/plan.json');
  expect(stderr).toBe('');
  expect(meaning(text)).toEqual(meaning(configOf('ea')));
  machine.terminal.stdin = text;
  expect((await machine.run('config', 'validate', '--file', '-')).code).toBe(0);
});

it('writes resources for Terraform, and says what the provider does not have', async () => {
  const machine = await freshMachine({ seeded: false });
  const path = machine.file('anon.yaml', `${configOf('ea')}policies:\n  - token-format: jwe\n`);
  const { text, stderr } = await convert(machine, '--to', 'terraform', '--file', path);
  expect(text.slice(text.indexOf('resource "auth0_client_grant"'))).toMatchInlineSnapshot(`
    "resource "auth0_client_grant" "web_shop_shop_example_api" {
      client_id    = auth0_client.web_shop.id
      audience     = auth0_resource_server.shop_example_api.identifier
      subject_type = "anonymous_user"
      scopes       = ["read:catalog"]
    }

    resource "auth0_client_grant" "kiosk_shop_example_api" {
      client_id    = auth0_client.kiosk.id
      audience     = auth0_resource_server.shop_example_api.identifier
      subject_type = "anonymous_user"
      scopes       = ["read:catalog", "write:cart"]
    }
    "
  `);
  expect(text).toContain(
    '  subject_type_authorization {\n    anonymous_user {\n      policy = "require_client_grant"\n',
  );
  expect(text).toContain('    anonymous {\n      lifetime_in_minutes = 10080\n      activate_cookie     = false\n');
  expect(stderr).toBe(`warning: ${path}:24:1: 'policies' is left out: only anon-cli checks policies.\n`);
  const old = await convert(machine, '--to', 'terraform', '--file', path, '--edition', 'preview');
  expect(old.text).toContain('web_origins     = ["https://shop.example"]');
  expect(old.text).not.toMatch(/anonymous_sessions|auth0_resource_server"|auth0_tenant/);
  for (const place of ['2:3', '3:3', '7:5', '11:5', '15:3', '22:1', '24:1'])
    expect(old.stderr).toContain(`${path}:${place}: `);
});

it('writes texts of Terraform that are no templates', async () => {
  const machine = await freshMachine({ seeded: false });
  const path = machine.file('anon.yaml', "apps: {'a\"$${b}%{c}\\d': {enabled: true}}");
  const { text } = await convert(machine, '--to', 'terraform', '--file', path);
  expect(text).toContain('  name = "a\\"$$' + '{b}%%{c}\\\\d"\n');
});

const deployCli = `tenant:
  sessions:
    anonymous:
      lifetime_in_minutes: ##MINUTES##
      colour: red
clients:
  - name: ##APP##
    anonymous_sessions: {active: @@ACTIVE@@}
    web_origins: @@ORIGINS@@
  - name: backend
resourceServers:
  - identifier: "https://##HOST##/api"
    name: Shop
clientGrants:
  - {client_id: ##APP##, audience: "https://##HOST##/api", subject_type: anonymous_user, allow_all_scopes: true}
  - {audience: a, subject_type: anonymous_user, scope: []}
  - {client_id: ##APP##, audience: "https://##HOST##/api", subject_type: anonymous_user, scope: [read:a]}
`;

it('makes variables of replacements, and says what it leaves out, with places', async () => {
  const machine = await freshMachine({ seeded: false });
  const path = machine.file('tenant.yaml', deployCli);
  const { text, stderr } = await convert(machine, '--from', 'deploy-cli', dirname(path));
  expect(text.slice(text.indexOf('\ntenant:'))).toBe(
    '\ntenant:\n  lifetime: ${MINUTES}m\n\napps:\n  ${APP}:\n    enabled: ${ACTIVE}\n\napis:\n  https://${HOST}/api:\n    apps:\n      ${APP}: [read:a]\n',
  );
  for (const place of ['5:7', '9:18', '15:5', '16:5']) {
    expect(stderr).toContain(`warning: ${path}:${place}: `);
    expect(text).toContain(`# - ${path}:${place}: `);
  }
  expect(stderr).toContain('environment variables: MINUTES, APP, ACTIVE, HOST.');
});

it.each([
  [
    'tenant: {sessions: {anonymous: {lifetime_in_minutes: "abc"}}}',
    "1:54: error: 'lifetime_in_minutes' must be a whole number of minutes, not the text 'abc'.",
  ],
  ['tenant: {sessions: {anonymous: {lifetime_in_minutes: 0}}}', '1:54: error: '],
  [
    'clients: [{name: a, anonymous_sessions: {active: "no"}}]',
    "1:50: error: 'active' must be true or false, not the text 'no'.",
  ],
  [
    'resourceServers: [{identifier: a, subject_type_authorization: {anonymous_user: {policy: allow_all}}}]',
    "1:89: error: 'policy' must be require_client_grant or deny_all",
  ],
  ['clients: {a: 1}', "1:10: error: 'clients' must be a list."],
  ['- a', '1:1: error: This is not a file of auth0-deploy-cli'],
  ['tenant: [', 'error: '],
])('refuses %s with its place', async (text, said) => {
  const machine = await freshMachine({ seeded: false });
  const path = machine.file('tenant.yaml', text);
  const { code, stdout, stderr } = await machine.run('config', 'convert', '--from', 'deploy-cli', path);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(said.startsWith('1:') ? `${path}:${said}` : said);
});

it('reads the directory format', async () => {
  const machine = await freshMachine({ seeded: false });
  const folder = join(machine.folder, 'tenant');
  for (const [name, content] of Object.entries({
    'tenant.json': { sessions: { anonymous: { activate_cookie: true } } },
    'clients/web.json': { name: 'web', anonymous_sessions: { active: false } },
    'resource-servers/Shop.json': { identifier: 'https://shop.example', allow_anonymous_access: true },
    'grants/web-Shop.json': {
      client_id: 'web',
      audience: 'https://shop.example',
      subject_type: 'anonymous_user',
      scope: ['a'],
    },
  })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), JSON.stringify(content));
  }
  const output = join(machine.folder, 'anon.yaml');
  const { stdout } = await machine.done(
    'config',
    'convert',
    '--from',
    'deploy-cli',
    folder,
    '--output',
    machine.folder,
  );
  expect(stdout).toContain(`✔ Converted to ${output}\n`);
  expect(parse(readFileSync(output, 'utf8'))).toEqual({
    tenant: { cookie: true },
    apps: { web: { enabled: false } },
    apis: { 'https://shop.example': { open: true, apps: { web: ['a'] } } },
  });
});

it.each([
  [[], 'Give --to or --from, with a tool.'],
  [['--to', 'terraform', '--from', 'terraform'], "--to and --from can't be combined."],
  [['--to', 'pulumi'], "'pulumi' is not a tool"],
  [['--from', 'terraform'], '--from terraform needs a file.'],
  [['--from', 'terraform', 'x.json', '--file', 'y'], "--file and --from can't be combined."],
  [['--to', 'terraform', 'anon.yaml'], '--to takes its configuration from --file.'],
  [['--from', 'terraform', 'package.json'], 'This is not the output of terraform show -json.'],
  [['--from', 'deploy-cli', 'src'], 'src has no files of auth0-deploy-cli.'],
])('refuses the command line %j', async (args, message) => {
  const machine = await freshMachine({ seeded: false });
  const { code, stderr } = await machine.run('config', 'convert', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
