import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/program/commands.ts';
import { withLock } from '../../src/io/files/lock.ts';
import { sessionStore } from '../../src/io/store/sessions.ts';
import type { TenantExport } from '../../src/wire/tenant-export.ts';
import {
  changeDocument,
  documentNamed,
  freshMachine,
  type Machine,
  openMachine,
  servedTenant,
  useRemote,
} from '../support/command.ts';
import { copyFolder } from '../support/folder.ts';
import { testKeys } from '../support/local.ts';
import { unsafe } from '../support/screen.ts';
import { sampleExport } from '../support/tenant-export.ts';
import { part } from '../support/tokens.ts';

/** What a terminal, or the runner of a CI job, would act on. */
const evil = [
  '::error::PWNED',
  '\n::set-output name=a::b',
  '\n  ::stop-commands::x',
  '\r##vso[task_setvariable variable=a]b',
  '##[error]c ##teamcity[message]',
  '\u001b[2J\u001b]8;;https://evil\u0007x\u001b]8;;\u0007',
  '\u009b31m\u202egnp\u2066\u200b\ufeff\u2028\u{e0041}\u3164\0\b',
].join('');

const evilName = '::error::\n::x\u001b[31m\u202e##[a]';

const token = `${part({ alg: 'RS256', kid: evil, [evil]: evil })}.${part({ iss: evil, sub: evil, [evil]: { [evil]: evil }, exp: 1 })}.${part('x')}`;
const other = `${part({ alg: 'none', typ: evil })}.${part({ iss: evil, aud: [evil], scope: evil })}.`;
const sealed = `${part({ alg: 'dir', enc: 'A256GCM', kid: evil, typ: evil })}..${part('iv')}.${part('x')}.${part('y')}`;

const session = {
  sessionToken: sealed,
  accessToken: token,
  clientId: evil,
  audience: evil,
  scope: evil,
  appName: evil,
  apiName: evil,
  guestId: evil,
  metadata: { [evil]: evil },
  createdAtMs: 1,
  accessEndsAtMs: 2,
  replaced: [{ guestId: evil, untilMs: 1 }],
};
const forgedExport = {
  version: 1,
  issuer: evil,
  sessions: [{ name: 'forged', session_token: token, access_token: token, client_id: evil, audience: evil }],
};

const forgedTenant: object = structuredClone(sampleExport());
for (const { document } of (forgedTenant as TenantExport).documents.client) document.name = evil;

const hostileWorld = {
  apps: { [evil.trim()]: { enabled: true } },
  apis: { [evil.trim()]: { open: true, name: evil.trim(), scopes: ['read:catalog'] } },
  users: { 'eve@example.com': { name: evil, 'user-metadata': { [evil]: evil } } },
  guests: { eve: { id: 'eve', metadata: { cart: evil } } },
};
const wrongWorld = {
  [evil]: evil,
  tenant: { lifetime: evil, [evil]: evil },
  apps: { [evil]: { 'client-id': evil, origins: [evil], callbacks: [evil] } },
  apis: { [evil]: { scopes: [evil], 'defined-scopes': evil } },
  users: { [evil]: { password: 1 } },
  actions: { 'post-login': [{ file: evil }] },
  guests: { [evil]: { app: evil, metadata: { a: evil.repeat(100) } } },
};

/** A configuration that changes what has hostile names, and adds some. */
function hostileConfig(client: string): string {
  return JSON.stringify({
    apps: { [client]: { enabled: true, origins: ['https://new.example'] } },
    apis: { 'https://api.shop.example': { open: true, scopes: ['read:catalog'] } },
    claims: { language: 'metadata.language' },
  });
}

/** The file of an Action that prints, sets and throws what is hostile. */
const hostileAction = `exports.onExecutePostLogin = async (event, api) => {
  const evil = ${JSON.stringify(evil)};
  console.log(evil);
  api.user.setAppMetadata(evil, { [evil]: evil });
  api.idToken.setCustomClaim(evil, evil);
  if (event.anonymous_session) api.access.deny(evil, evil);
};`;

/** JSON in ASCII, which YAML readers read too. */
function asciiJson(value: object): string {
  return JSON.stringify(value).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const wrongConfig = asciiJson({
  [evil]: 1,
  tenant: { lifetime: evil, format: evil.slice(0, 20), cookie: evil.slice(0, 15) },
  apps: { [evil]: { [evil]: evil, origins: [evil] } },
  apis: { [evil]: { scopes: [evil, evil], apps: { [evil]: evil } } },
  claims: { [evil]: evil },
  policies: [{ 'forbidden-claims': [evil], severity: evil }],
});
/** What auth0-deploy-cli would import. */
const hostileTenant = asciiJson({
  tenant: { sessions: { anonymous: { lifetime_in_minutes: 60, [evil]: evil } } },
  clients: [{ name: evil, anonymous_sessions: { active: true }, web_origins: [evil] }],
  resourceServers: [{ name: evil, identifier: evil, allow_anonymous_access: true }],
  clientGrants: [
    { client_id: evil, audience: evil, subject_type: 'anonymous_user', scope: [evil] },
    { client_id: evil, audience: evil, subject_type: 'anonymous_user', allow_all_scopes: true },
  ],
});
const warnedConfig = asciiJson({
  apis: { [evil]: { scopes: ['a'], apps: { [evil]: ['b'] } } },
  policies: [{ 'forbidden-scopes': ['*'], message: evil, severity: 'warning' }, { 'max-token-lifetime': '1d' }],
});

/** Of before a rotation. */
const hostileKeys = {
  signing: [
    { kid: evil, jwk: testKeys.signing.jwk, created_at: evil, rotated_at: evil, ends_at: '9999-01-01T00:00:00.000Z' },
    { kid: 'KEY', jwk: testKeys.signing.jwk, created_at: evil, rotated_at: evil, ends_at: null },
  ],
  session: [],
};

/** A command line after its path; words in capitals stand for what there is on the machine. */
type Line = readonly string[];

const at = ['--app', 'CLIENT', '--api', 'AUDIENCE'];

/** Every command of the table, with lines of it that print what comes from outside: a tenant, a token, a file, the line itself. */
const lines: Readonly<Record<string, readonly Line[]>> = {
  quickstart: [['--profile', 'local']],
  setup: [
    ['--app', 'CLIENT', '--api', 'AUDIENCE', '--scopes', 'read:catalog', '--yes'],
    ['--app', 'CLIENT', '--api', 'AUDIENCE', '--scopes', 'read:catalog', '--dry-run'],
    ['--app', 'CLIENT', '--api', 'AUDIENCE', '--scopes', evil, '--yes'],
  ],
  doctor: [
    at,
    ['--matrix', '--all'],
    ['--probe', ...at],
    ['--app', evil],
    ['--fix', '--dry-run', ...at],
    ['--policy', 'WRONG CONFIG'],
    ['--policy', 'WARNED CONFIG'],
  ],
  'config init': [['--stdout'], ['--from-tenant', '--stdout'], [evil]],
  'config export': [[], ['--full'], ['--output', evil], ['--update', evil], ['--update', 'WARNED CONFIG']],
  'config convert': [
    ['--to', 'terraform', '--file', 'CONFIG'],
    ['--to', 'deploy-cli', '--file', 'WARNED CONFIG'],
    ['--to', 'terraform', '--file', 'WARNED CONFIG', '--edition', 'preview'],
    ['--from', 'deploy-cli', 'HOSTILE TENANT'],
    ['--from', 'deploy-cli', 'WRONG CONFIG'],
    ['--from', 'terraform', 'CONFIG'],
    ['--from', 'terraform', evil],
    ['--to', evil],
  ],
  'config schema': [[], ['--policies'], [evil]],
  'config validate': [
    ['--file', 'WRONG CONFIG'],
    ['--file', 'WARNED CONFIG'],
    ['--file', 'WARNED CONFIG', '--set', evil, '--set', `apps.${evil}.enabled=${evil}`],
    ['--file', 'FILE'],
    ['--file', evil],
  ],
  'tenant show': [[]],
  'tenant set-lifetime': [['7d'], [evil]],
  'tenant set-format': [['jwt'], [evil]],
  'tenant set-cookie': [['off'], [evil]],
  'app list': [[]],
  'app show': [['CLIENT'], [evil.slice(0, 30)]],
  'app create': [[evil, '--dry-run'], [evil]],
  'app enable': [['CLIENT'], [evil]],
  'app disable': [['CLIENT', '--dry-run'], ['CLIENT'], [evil]],
  'app origins list': [['CLIENT'], [evil]],
  'app origins add': [
    ['CLIENT', 'http://localhost:3000'],
    ['CLIENT', evil, `http://${evil}@localhost`],
  ],
  'app origins remove': [
    ['CLIENT', `https://a.example/${evil}`, '--dry-run'],
    ['CLIENT', evil],
    ['CLIENT', 'https://b.example'],
  ],
  'app callbacks list': [['CLIENT'], [evil]],
  'app callbacks add': [
    ['CLIENT', 'http://localhost:3000/callback'],
    ['CLIENT', evil],
  ],
  'app callbacks remove': [
    ['CLIENT', `https://b.example/${evil}`, '--dry-run'],
    ['CLIENT', evil],
  ],
  'app logout-urls list': [['CLIENT'], [evil]],
  'app logout-urls add': [
    ['CLIENT', 'http://localhost:3000'],
    ['CLIENT', evil],
  ],
  'app logout-urls remove': [
    ['CLIENT', `https://c.example/${evil}`],
    ['CLIENT', 'nonsense'],
  ],
  'app delete': [['CLIENT', '--dry-run'], ['CLIENT', '--yes'], ['CLIENT'], [evil]],
  'api list': [[]],
  'api show': [['AUDIENCE'], [evil]],
  'api create': [
    [evil, '--audience', evil, '--scopes', evil, '--dry-run'],
    [evil, '--audience', evil],
  ],
  'api enable': [['AUDIENCE', '--scopes', 'read:catalog'], ['AUDIENCE'], ['AUDIENCE', '--scopes', evil]],
  'api disable': [['AUDIENCE', '--dry-run'], ['AUDIENCE'], ['AUDIENCE', '--revoke-grants', '--dry-run'], [evil]],
  'api delete': [['AUDIENCE', '--dry-run'], ['AUDIENCE', '--yes'], ['AUDIENCE'], [evil]],
  'api scopes add': [
    ['AUDIENCE', 'read:catalog'],
    ['AUDIENCE', evil],
  ],
  'api scopes remove': [
    ['AUDIENCE', 'read:catalog', '--dry-run'],
    ['AUDIENCE', evil],
  ],
  'config plan': [
    ['-f', 'CONFIG'],
    ['-f', 'CONFIG', '--format', 'markdown'],
    ['-f', evil],
    ['-f', 'CONFIG', '--app', evil],
  ],
  'config apply': [
    ['-f', 'CONFIG', '--dry-run'],
    ['-f', 'CONFIG', '--yes', '--prune'],
    ['-f', 'CONFIG'],
    [evil],
    ['FORGED'],
  ],
  'config diff': [
    ['local', 'CONFIG'],
    ['local', 'CONFIG', '--format', 'markdown'],
    [evil, evil],
  ],
  'config drift': [[], ['--format', 'markdown']],
  'config undo': [['--list'], [evil]],
  'token create': [
    at,
    [...at, '--meta', `${evil}=${evil}`],
    [...at, '--count', '2'],
    ['--app', evil],
    [...at, '--session', evil],
  ],
  'token update': [
    ['--meta', `a=${evil}`],
    ['--meta', evil],
    ['--replace', '--meta', `b=${evil}`],
  ],
  'token decode': [[], ['TOKEN'], [evil]],
  'token verify': [[], ['TOKEN', '--scope', evil], ['TOKEN', '--api', evil], [evil]],
  'token renew': [[], ['--session', evil]],
  'token get': [[], ['--session', evil], ['--api', evil]],
  'token logout': [['--keep'], ['--session', evil]],
  'token diff': [['TOKEN'], ['TOKEN', 'OTHER'], [evil, evil]],
  'token transfer': [[], ['--edition', 'ea'], ['--redirect-uri', evil]],
  'transfer rehearse': [
    ['--user', 'USER', '--action', 'FILE'],
    ['--user', 'new@example.com', '--new-user', '--via', 'cookie', '--session-token', 'TOKEN', '--app', 'CLIENT'],
    ['--user', evil, '--app', 'CLIENT'],
    ['--user', evil, '--new-user'],
    ['--user', 'USER', '--via', evil],
    ['--user', 'USER', '--session', evil],
    ['--user', 'USER', '--action', evil],
  ],
  'token watch': [['--session', evil]],
  'session list': [[]],
  'session show': [[], [evil], ['--lineage']],
  'session use': [['default'], [evil], [evilName]],
  'session rename': [
    ['default', evil],
    [evil, 'x'],
  ],
  'session forget': [[evil], [evilName], ['--expired'], ['--all']],
  'session export': [[], ['--all'], [evil]],
  'session import': [['EXPORT', '--session', 'again', '--replace'], [evil], ['FORGED']],
  'claims list': [
    ['--app', 'CLIENT'],
    ['--app', evil],
  ],
  'claims set': [
    ['language', 'metadata.language', '--app', 'CLIENT'],
    [evil, evil, '--app', 'CLIENT'],
  ],
  'claims remove': [
    [evil, '--app', 'CLIENT', '--dry-run'],
    ['no', '--app', 'CLIENT'],
  ],
  login: [
    ['evil', '--domain', evil],
    [evil, '--domain', 'a.example', '--no-check'],
    ['remote', '--domain', 'DOMAIN', '--no-check', '--app', evil],
  ],
  'profile list': [[]],
  'profile show': [[], [evil], ['other']],
  'profile use': [[evil], ['nobody']],
  'profile set': [
    ['app', 'CLIENT'],
    ['api', 'AUDIENCE'],
    ['app', evil],
    [evil, evil],
    ['production', evil],
    ['edition', evil],
  ],
  'profile remove': [['nobody'], [evil]],
  'local start': [
    ['--port', evil],
    ['--ephemeral', '--seed', 'WRONG WORLD'],
    ['--ephemeral', '--auto-login', evil, '--seed', 'WORLD'],
    ['--rate-limit', evil],
    ['--host', evil],
    ['--domain', evil],
    ['--cert', evil, '--key', evil],
  ],
  'local status': [[]],
  'local stop': [['--port', evil], []],
  'local exec': [
    ['--', evil],
    ['--seed', 'WORLD', '--', 'true'],
    ['--seed', 'WRONG WORLD', '--', 'true'],
    ['--port', evil, '--', 'true'],
    ['--auto-login', evil, '--', 'true'],
  ],
  'local env': [
    [],
    at,
    ['--app', 'CONFIDENTIAL', '--api', 'AUDIENCE'],
    ['--app', evil],
    ['--app', 'CLIENT', '--api', evil],
    ['--framework', evil],
    ['--framework', 'next', '--app', 'CONFIDENTIAL', '--api', 'AUDIENCE'],
  ],
  'local logs': [[], ['--app', evil], ['--guest', evil], ['--status', evil], ['--limit', evil]],
  'local ca': [[]],
  'local trust': [['--remove'], ['--yes']],
  'local export': [
    ['--output', evil],
    ['--output', '-'],
    ['--output', 'NOWHERE'],
  ],
  'local import': [[evil], ['FORGED', '--yes'], ['FORGED TENANT', '--yes'], ['WRONG TENANT', '--yes']],
  'local show': [[]],
  'local action list': [[]],
  'local action show': [['ACTION'], [evil]],
  'local action test': [['ACTION'], ['FILE'], ['FILE', '--user', evil], [evil]],
  'local action add': [
    ['post-login', evil],
    [evil, 'FILE'],
    ['post-login', 'FILE', '--name', evil, '--secret', evil],
  ],
  'local action remove': [[evil], ['ACTION']],
  'local fault list': [[]],
  'local fault add': [
    ['--status', '200', '--body', evil],
    ['--drop', '--name', evil],
    ['--drop', '--route', evil],
    ['--drop', '--app', evil],
    ['--drop', '--app', 'CLIENT', '--method', evil],
  ],
  'local fault remove': [[evil], ['FAULT']],
  'local fault clear': [[]],
  'local limit': [[], [evil], ['5/s', '--route', evil]],
  'local key list': [[]],
  'local key rotate': [[evil]],
  'local key revoke': [[evil], ['KEY'], ['KEY', '--yes']],
  'local snapshot save': [[evil], ['base']],
  'local snapshot list': [[]],
  'local snapshot restore': [[evil], ['HOSTILE'], ['HOSTILE', '--yes']],
  'local snapshot remove': [[evil], ['HOSTILE']],
  'local diff': [[evil], ['HOSTILE']],
  'local user list': [[]],
  'local user show': [['USER'], [evil]],
  'local user add': [
    [evil],
    ['joe@example.com', '--name', evil, '--id', evil, '--user-metadata', `${evil}=${evil}`, '--app-metadata', evil],
    ['joe@example.com', '--name', evil, '--user-metadata', `a=${evil}`],
    ['joe@example.com', '--password', evil],
    ['jane@example.com', '--id', evil.slice(0, 9)],
  ],
  'local user remove': [[evil], ['USER'], ['USER', '--yes']],
  'local clock': [[], [evil], ['set', evil], ['freeze', evil], ['run', evil]],
  'local seed': [
    [evil],
    ['WORLD'],
    ['WORLD', '--dry-run'],
    ['WRONG WORLD'],
    ['FORGED'],
    ['WORLD', '--seed-random', evil],
  ],
  'local reset': [['--edition', evil]],
  'local use-database': [[evil], ['sqlite', '--edition', evil], ['sqlite']],
  status: [[], ['--profile', evil]],
  version: [[]],
  completion: [['bash'], [evil]],
};

/** What a hostile machine has, and where: made once, because it takes longer than most of the tests. */
let made: { readonly folder: string; readonly ids: HostileIds } | undefined;

interface HostileIds {
  readonly client: string;
  readonly confidential: string;
  readonly exported: string;
}

afterAll(() => {
  if (made) rmSync(made.folder, { recursive: true, force: true });
});

/** A machine where every name that can come from outside is hostile. */
async function hostileMachine(): Promise<{ machine: Machine; words: Readonly<Record<string, string>> }> {
  made ??= await makeHostile();
  const machine = await freshMachine({ seeded: false });
  copyFolder(made.folder, machine.folder);
  return { machine, words: wordsOn(machine, made.ids) };
}

async function makeHostile(): Promise<NonNullable<typeof made>> {
  const machine = await openMachine();
  const { store } = machine;
  const { client_id: client } = await documentNamed(store, 'client', 'web');
  const { id } = await documentNamed(store, 'resource_server', 'shop');
  await machine.done('token', 'create', '--meta', 'language=en');
  await machine.done('profile', 'set', 'app', 'web');
  await changeDocument(store, 'tenant', 'settings', { friendly_name: evil });
  await changeDocument(store, 'client', String(client), {
    name: evil,
    app_type: evil,
    web_origins: [`https://a.example/${evil}`, evil],
    callbacks: [`https://b.example/${evil}`, evil, 'https://b.example/callback'],
    allowed_logout_urls: [`https://c.example/${evil}`],
    access_token: { custom_claim_mappings: [{ name: evil, expression: 'anonymous_session.metadata.language' }] },
  });
  await changeDocument(store, 'resource_server', String(id), {
    name: evil,
    scopes: [{ value: 'read:catalog', description: evil }, { value: evil }],
    anonymous_access_scopes: ['read:catalog', evil],
  });
  await machine.done('local', 'user', 'add', 'jane@example.com', '--id', 'jane');
  await changeDocument(store, 'user', 'auth0|jane', { name: evil, user_metadata: { [evil]: evil }, last_login: evil });
  const action = {
    id: 'ACTION',
    name: evil,
    trigger: 'post-login',
    file: `/${evil}`,
    secrets: { [evil]: evil },
    order: 1,
  };
  const fault = {
    name: evil,
    kind: 'status',
    status: 503,
    route: evil,
    body: evil,
    client_id: evil,
    seed: 1,
    order: 1,
  };
  const limit = { kind: 'limit', route: evil, requests: 1, period_seconds: 1 };
  await changeDocument(store, 'key', 'current', { previous: hostileKeys });
  await store.write((writer) => {
    writer.put('action', action.id, action);
    writer.put('fault', 'FAULT', { id: 'FAULT', ...fault, created_at: evil });
    writer.put('fault', 'LIMIT', limit);
  });
  const content = JSON.parse(readFileSync(machine.profilesPath, 'utf8'));
  content.profiles.local = { app: { clientId: String(client), name: evil }, api: { audience: evil, name: evil } };
  content.profiles[evil] = { domain: 'evil.example', app: { clientId: evil, name: evil }, production: true };
  content.profiles.other = {
    domain: 'a.example',
    api: { audience: evil, name: evil },
    credentials: { kind: 'client_secret', clientId: evil },
  };
  writeFileSync(machine.profilesPath, JSON.stringify(content));
  const data = join(machine.folder, 'data');
  const sessions = sessionStore({
    ...{ profile: 'local', origin: 'embedded', unnamed: 'default', folders: { config: data, data } },
    ...{ secrets: async () => undefined, now: () => 0, warn: () => {} },
    locked: (path, work) => withLock(path, machine.clock, work),
  });
  // A file's name cannot be as long.
  await sessions.put(evilName, session);
  await saveHostileSnapshot(machine);
  const exported = (await machine.done('session', 'export', '--json')).stdout;
  await machine.done('app', 'create', 'server', '--type', 'regular_web');
  const { client_id: confidential } = await documentNamed(store, 'client', 'server');
  await changeDocument(store, 'client', String(confidential), { name: evil });
  const folder = mkdtempSync(join(tmpdir(), 'anon-hostile-'));
  copyFolder(machine.folder, folder);
  return { folder, ids: { client: String(client), confidential: String(confidential), exported } };
}

/** A snapshot in which every name is hostile, of a tenant that has others now. */
async function saveHostileSnapshot(machine: Machine): Promise<void> {
  await machine.done('local', 'snapshot', 'save', 'HOSTILE');
  const path = join(dirname(machine.statePath), 'snapshots', 'HOSTILE.json');
  const content = JSON.parse(readFileSync(path, 'utf8'));
  for (const { document } of content.state.documents.client) document[evil] = evil;
  for (const { document } of content.state.documents.action) Object.assign(document, { id: 'other', name: evil });
  content.state.documents.action[0].id = 'other';
  content.faults = [
    { id: evil, document: { id: evil, name: evil, kind: 'drop', route: evil, order: 1, seed: 1, created_at: evil } },
  ];
  writeFileSync(path, JSON.stringify(content));
}

function wordsOn(machine: Machine, { client, confidential, exported }: HostileIds): Readonly<Record<string, string>> {
  return {
    CLIENT: client,
    CONFIDENTIAL: confidential,
    AUDIENCE: 'https://api.shop.example',
    TOKEN: token,
    OTHER: other,
    EXPORT: machine.file('export.json', exported),
    FORGED: machine.file('forged.json', JSON.stringify(forgedExport)),
    'FORGED TENANT': machine.file('tenant.json', JSON.stringify(forgedTenant)),
    CONFIG: machine.file('anon.json', hostileConfig(client)),
    'WRONG TENANT': machine.file('wrong.json', JSON.stringify({ ...forgedTenant, [evil]: evil })),
    WORLD: machine.file('world.json', JSON.stringify(hostileWorld)),
    'WRONG WORLD': machine.file('wrong-world.json', JSON.stringify(wrongWorld)),
    'WRONG CONFIG': machine.file('wrong.yaml', wrongConfig),
    'HOSTILE TENANT': machine.file('hostile-tenant.yaml', hostileTenant),
    'WARNED CONFIG': machine.file('warned.yaml', warnedConfig),
    NOWHERE: join(machine.folder, 'exported.json'),
    DOMAIN: 'a.example',
    USER: 'jane@example.com',
    FILE: machine.file('hostile.js', hostileAction),
  };
}

const modes = {
  'in a pipe': { terminal: false, colour: false, options: [] },
  'on a terminal': { terminal: true, colour: false, options: [] },
  'in colours': { terminal: true, colour: true, options: [] },
  'as JSON': { terminal: false, colour: false, options: ['--json'] },
} as const;

/** Nothing that a terminal or the runner of a CI job would act on. */
function expectHarmless(text: string, colour: boolean): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are all that may be there
  const rest = colour ? text.replaceAll(/\u001b\[[\d;]*m/g, '') : text;
  // A tab separates the cells of a list in a pipe; one in a name is escaped.
  expect(rest.replaceAll(/[\n\t]/g, '')).not.toMatch(unsafe);

  expect(rest).not.toMatch(/\p{Cs}|\u3164/u);
  const plain = stripVTControlCharacters(rest);
  expect(plain).not.toMatch(/^\s*::/m);
  // Nor does any text break a line of its own accord: what stands behind a line break in it would be at the start of one.
  expect(plain).not.toMatch(/^\s*\\u003a:(set-output|x)/m);
  expect(plain).not.toMatch(/##[a-z]*\[/i);
}

async function runLine(machine: Machine, path: string, line: Line, mode: keyof typeof modes) {
  const { terminal, colour, options } = modes[mode];
  machine.terminal.interactive = terminal;
  machine.terminal.colour = colour;
  machine.terminal.stdin = terminal ? undefined : '';
  machine.answers.shift = () => false;
  machine.replies.shift = () => 'x';
  const ran = await machine.run(...path.split(' '), ...line, ...options);
  for (const text of [ran.stdout, ran.stderr, machine.questions.join('\n')]) expectHarmless(text, colour);
  return ran;
}

it('every command of the table is covered', () => {
  expect(Object.keys(lines).sort()).toEqual(Object.keys(commands).sort());
});

describe.each(Object.keys(modes) as (keyof typeof modes)[])('hostile names and values %s', (mode) => {
  it.each(Object.entries(lines))('are harmless in %s', async (path, all) => {
    const { machine, words } = await hostileMachine();
    for (const line of all)
      await runLine(
        machine,
        path,
        line.map((word) => words[word] ?? word),
        mode,
      );
  });
});

/** A machine that has used a tenant, whose every answer from now on is hostile. */
async function refusedMachine(): Promise<Machine> {
  const machine = await freshMachine();
  const refusing = { on: false };
  const refusal = { statusCode: 403, error: evil, message: evil, errorCode: evil, error_description: evil };
  const tenant = await servedTenant(machine.clock, {
    answer: () => (refusing.on ? Response.json(refusal, { status: 403 }) : undefined),
  });
  await useRemote(machine, tenant);
  await machine.open();
  await machine.done('token', 'create');
  refusing.on = true;
  return machine;
}

describe.each(['in a pipe', 'as JSON'] as const)('hostile refusals %s', (mode) => {
  // One test, because the tenant that refuses everything takes longer than the commands, and none of them changes it.
  it('are harmless in every command', { timeout: 90_000 }, async () => {
    const words: Record<string, string> = {
      ...{ CLIENT: 'web', CONFIDENTIAL: 'web', AUDIENCE: 'shop', TOKEN: token, OTHER: other, DOMAIN: 'a.example' },
      ...{ EXPORT: 'no', FORGED: 'no', 'FORGED TENANT': 'no', 'WRONG TENANT': 'no', NOWHERE: '-' },
      ...{ WORLD: 'no', 'WRONG WORLD': 'no', 'WRONG CONFIG': 'no', 'WARNED CONFIG': 'no', 'HOSTILE TENANT': 'no' },
    };
    const { folder } = await refusedMachine();
    for (const [path, all] of Object.entries(lines)) {
      const machine = await freshMachine({ seeded: false });
      copyFolder(folder, machine.folder);
      for (const line of all) {
        const given = line.map((word) => words[word] ?? word);
        await runLine(machine, path, given, mode).catch((error) => {
          throw new Error(`anon-cli ${path} ${JSON.stringify(given)}`, { cause: error });
        });
      }
    }
  });
});

describe('a command that runs until Ctrl-C', () => {
  it.each(['in a pipe', 'on a terminal'] as const)('is harmless %s', async (mode) => {
    for (const [line, begun] of [
      [['token', 'watch'], 'ends in'],
      [['local', 'start', '--port', '0'], 'listens'],
    ] as const) {
      const { machine } = await hostileMachine();
      machine.terminal.interactive = mode === 'on a terminal';
      const ran = machine.run(...line);
      await machine.printed(begun);
      machine.interrupt();
      const { stdout, stderr } = await ran;
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what is watched is written over
      for (const text of [stdout.replaceAll(/\u001b\[\d*[AJK]|\r/g, ''), stderr]) expectHarmless(text, false);
    }
  });
});

describe.each(Object.keys(modes) as (keyof typeof modes)[])('the log of hostile requests %s', (mode) => {
  it('is harmless', async () => {
    const { machine, words } = await hostileMachine();
    const begun = machine.printed('Ctrl-C');
    const serving = machine.run('local', 'start', '--port', '0');
    await begun;
    const url = `http://localhost:${new URL((await machine.done('local', 'show', '--json')).json.issuer).port}`;
    const headers = { 'content-type': 'application/json', origin: 'https://evil.example' };
    const body = { client_id: words.CLIENT, audience: evil, scope: evil };
    for (const members of [body, { ...body, audience: words.AUDIENCE }, { ...body, client_id: evil }]) {
      await fetch(`${url}/anonymous/token`, { method: 'POST', headers, body: JSON.stringify(members) });
    }
    await fetch(`${url}/${encodeURIComponent(evil)}/##vso[x]`);
    const { stdout } = await runLine(machine, 'local logs', [], mode);
    expect(stdout).toContain('PWNED');
    machine.interrupt();
    expectHarmless((await serving).stderr, machine.terminal.colour);
  });
});

describe('one value, or another format', () => {
  const shown: [string[], string][] = [
    [['app', 'show', 'CLIENT'], 'name'],
    [['api', 'show', 'AUDIENCE'], 'guest_scopes.1'],
    [['tenant', 'show'], 'name'],
    [['token', 'decode', 'TOKEN'], 'claims.sub'],
    [['profile', 'show', 'other'], 'api.name'],
  ];

  it.each(shown)('of %j is harmless on a terminal, and raw in a pipe', async (line, field) => {
    const { machine, words } = await hostileMachine();
    const given = line.map((word) => words[word] ?? word);
    machine.terminal.interactive = true;
    for (const options of [
      ['--field', field],
      ['--format', 'env'],
      ['--format', 'dotenv'],
      ['--format', 'ndjson'],
      ['--format', 'curl'],
    ]) {
      const { stdout, stderr } = await machine.run(...given, ...options);
      expect(stdout.replaceAll('\n', '')).not.toMatch(unsafe);
      expectHarmless(stderr, false);
    }
    machine.terminal.interactive = false;
    expect((await machine.run(...given, '--field', field)).stdout).toBe(`${evil}\n`);
    expect((await machine.run(...given, '--format', 'env')).stdout).toContain(evil);
  });
});
