import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../src/cli/program/commands.ts';
import { freshMachine, type Machine, openMachine } from './support/command.ts';
import { type JsonExample, jsonDocPath, jsonExamples, withJson } from './support/json-doc.ts';

// docs/json.md is the snapshot: `npx vitest run test/json.test.ts -u` writes into it what commands print now. A difference
// that is more than a new member breaks what scripts rely on.

const examples = jsonExamples();

/** Under their names as a command line has them. */
function commandOf({ args }: JsonExample): string {
  const words = args.filter((word) => !word.startsWith('-'));
  return Object.keys(commands).find((path) => words.join(' ').startsWith(path) && path !== '') ?? '';
}

it('every command line of docs/json.md is an example that runs', () => {
  const lines = [...readFileSync(jsonDocPath, 'utf8').matchAll(/^```sh\nanon-cli (.+)$/gm)].map(([, line]) => line);
  expect(examples.map(({ args }) => args.join(' '))).toEqual(lines);
});

it('every command is in docs/json.md', () => {
  // What it prints is the output of another command.
  const printing = Object.keys(commands).filter((path) => path !== 'local exec');
  expect([...new Set(examples.map(commandOf))].sort()).toEqual(printing.sort());
});

it('every command prints with --json what docs/json.md says', async () => {
  const machines = { preview: await freshMachine(), ea: await openMachine({ edition: 'ea' }) };
  const printed: string[] = [];
  for (const example of examples) printed.push(await jsonOf(machines[example.edition], example));
  await expect(withJson(readFileSync(jsonDocPath, 'utf8'), printed)).toMatchFileSnapshot(join('..', jsonDocPath));
});

it('every command that gives an access token makes a header of it', async () => {
  const giving = examples.filter(
    ({ type, json }) => !['SetupResult', 'GuestLine'].includes(type) && 'access_token' in JSON.parse(json),
  );
  const machines = { preview: await openMachine(), ea: await openMachine({ edition: 'ea' }) };
  const tokens = giving.filter(({ json }) => typeof JSON.parse(json).access_token === 'string');
  expect(tokens.length).toBeGreaterThan(2);
  for (const { args, edition } of tokens) {
    const given = args.filter((word) => word !== '--json');
    expect((await machines[edition].done(...given, '--format', 'header')).stdout).toMatch(
      /^Authorization: Bearer \S+\n$/,
    );
  }
});

/** What examples read from a file: what the command under that name has printed before, on the same machine. */
const files: Readonly<Record<string, string>> = { 'before.json': 'token update', 'session.json': 'session export' };
const printedBefore = new Map<string, string>();

async function jsonOf(machine: Machine, { args, edition }: JsonExample): Promise<string> {
  const line = args.join(' ');
  const serving = line.startsWith('local start');
  const watching = line.startsWith('token watch');
  if (line.startsWith('local logs')) return JSON.stringify(await logged(args), null, 2);
  const failing = args.includes('wbe');
  // Ctrl-C is for good.
  const used = serving || watching ? await openMachine() : machine;
  if (watching) await used.done('token', 'create');
  const ran = used.run(...args.map((word) => withFile(used, edition, word)));
  if (serving || watching) await used.printed('}').then(used.interrupt);
  const { stdout, stderr, code } = await ran;
  expect(code, `${line}: ${stderr}`).toBe(failing ? 1 : watching ? 130 : 0);
  printedBefore.set(`${edition} ${args.slice(0, 2).join(' ')}`, stdout);
  // A watched session prints an object on a line for each event.
  const [first = ''] = stdout.split('\n');
  return JSON.stringify(plain(JSON.parse(failing ? stderr : watching ? first : stdout), used), null, 2);
}

/** The log of a tenant that serves a guest while the example runs. */
async function logged(args: readonly string[]): Promise<unknown> {
  const machine = await openMachine();
  const serving = machine.run('local', 'start', '--http', '--port', '0', '--json');
  await machine.printed('}');
  const { base_url, client_id, audience } = (await machine.done('local', 'env', '--json')).json;
  const body = new URLSearchParams({ client_id, audience, scope: 'read:catalog' });
  await fetch(`${base_url.replace('https', 'http')}/anonymous/token`, { method: 'POST', body });
  const { json } = await machine.done(...args);
  machine.interrupt();
  await serving;
  return plain(json, machine);
}

const configuration = `tenant:
  lifetime: 90d
apis:
  https://api.shop.example:
    token-lifetime: 25h
`;

const action = `exports.onExecutePostLogin = async (event, api) => {
  console.log('guest', event.anonymous_session?.user_id);
  api.user.setAppMetadata('cart', { items: 1 });
};`;

const world = `apps:
  web: { enabled: true }
apis:
  https://api.shop.example: { open: true, scopes: [read:catalog] }
users:
  jane@example.com: {}
guests:
  anna: { id: anna, metadata: { language: de } }
`;

const config = `tenant: {lifetime: never}
apps: {web: {enabled: true}}
apis: {https://shop.example/api: {open: true, apps: {wbe: [read:catalog]}}}
policies:
  - max-session-lifetime: 90d
    severity: warning
    message: Guests come back within a quarter.
  - max-token-lifetime: 1d
`;

const policies = `policies:
  - min-session-lifetime: 1y
    severity: warning
    message: Guests come back once a year.
`;

function withFile(machine: Machine, edition: string, word: string): string {
  if (word === 'anon.policy.yaml') return machine.file(word, policies);
  if (word === 'anon.yaml') return machine.file(word, config);
  if (word === 'tenant.json') return join(machine.folder, word);
  if (word === 'post-login.js') return machine.file(word, action);
  if (word === 'world.yaml') return machine.file(word, world);
  if (word === 'tenant.yaml') return machine.file(word, configuration);
  const name = word.replace('@', '');
  const command = files[name];
  if (command === undefined) return word;
  return word.replace(name, machine.file(name, printedBefore.get(`${edition} ${command}`) ?? ''));
}

/** What is another one each time, as one that stands for all. */
function plain(value: unknown, machine: Machine, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, machine));
  if (typeof value === 'object' && value !== null) {
    const changed = 'path' in value && String(value.path).endsWith('.jti') ? 'jti' : undefined;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        plain(inner, machine, changed && key !== 'path' ? changed : key),
      ]),
    );
  }
  if (name === 'port') return 4400;
  if (name === 'duration_ms') return 31;
  if (name === 'bytes') return 9216;
  if (name === 'saved_at') return '2026-06-01T12:00:00.000Z';
  if (name === 'jti') return 'eH5kOfqXBmvvuIIrcVt4Rw';
  if (typeof value !== 'string') return value;
  if (name === 'kid' && value.length === 22) return '3J2pXmVbT0qYcN7sLh5wKg';
  if (name === 'sha256') return '9f86d081';
  if (['password', 'control_token'].includes(name)) return `${name}…`;
  if (['anon_transfer_token', 'state', 'nonce', 'code_verifier', 'sid', 'at_hash'].includes(name) && value.length > 20)
    return `${name}…`;
  if (name === 'authorize_url')
    return value
      .replaceAll(/\b(anon_transfer_token|state|nonce|code_challenge|session_transfer_token)=[^&]+/g, '$1=…')
      .replaceAll(/localhost:(?!3000)\d+/g, 'localhost:4400');
  const text = value
    .replaceAll(join(machine.folder, 'tenant.json'), 'tenant.json')
    .replaceAll(join(machine.folder, 'anon.yaml'), 'anon.yaml')
    .replaceAll(join(machine.folder, 'anon.policy.yaml'), 'anon.policy.yaml')
    .replaceAll(join(machine.folder, 'tenant.yaml'), 'tenant.yaml')
    .replaceAll(join(machine.folder, 'post-login.js'), '/home/you/shop/post-login.js')
    .replaceAll(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/g, 'f81d4fae-7dec-41d0-8765-00a0c91e6bf6')
    .replaceAll(join(machine.folder, 'data'), '/home/you/.local/share/anon-cli')
    .replaceAll(join(machine.folder, '.pki'), '/home/you/.pki')
    .replaceAll(/\b(Local tenant CA) [0-9a-f]{8}\b/g, '$1 5f1c0de2')
    .replaceAll(/\b([0-9A-F]{2}:){31}[0-9A-F]{2}\b/g, '94:DB:0F:…')
    .replaceAll(/(localhost):(?!3000\b)\d+/g, '$1:4400')
    .replaceAll(/eyJ[\w-]+\.[\w-]*\.[\w.-]+/g, 'eyJhbGciOiJ…')
    .replaceAll(/anon([|@])[0-9a-f-]{36}/g, 'anon$1f81d4fae-7dec-41d0-8765-00a0c91e6bf6')
    .replaceAll(/sess_[\w-]+/g, 'sess_…')
    .replaceAll(/\b(?!pAphrn)[A-Za-z0-9]{32}\b/g, 'OjZ6ak58XbEr3iH0yf7XBSErusiRisYR')
    .replaceAll(/\b(?!a1ff5a)[0-9a-f]{24}\b/g, '6edee6e46fc1fed1f65c6708');
  return text.length > 200 ? `${text.slice(0, 40)}…` : text;
}
