import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../src/cli/command-table.ts';
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

it('every command is in docs/json.md', () => {
  expect([...new Set(examples.map(commandOf))].sort()).toEqual(Object.keys(commands).sort());
});

it('every command prints with --json what docs/json.md says', async () => {
  const machines = { preview: await freshMachine(), ea: await openMachine({ edition: 'ea' }) };
  const printed: string[] = [];
  for (const example of examples) printed.push(await jsonOf(machines[example.edition], example));
  await expect(withJson(readFileSync(jsonDocPath, 'utf8'), printed)).toMatchFileSnapshot(join('..', jsonDocPath));
});

it('every command that gives an access token makes a header of it', async () => {
  const giving = examples.filter(({ type, json }) => type !== 'SetupResult' && 'access_token' in JSON.parse(json));
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

async function jsonOf(machine: Machine, { args }: JsonExample): Promise<string> {
  const serving = args.join(' ').startsWith('local start');
  const failing = args.includes('wbe');
  // Ctrl-C is for good.
  const used = serving ? await freshMachine() : machine;
  const ran = used.run(...args);
  if (serving) await used.printed('}').then(used.interrupt);
  const { stdout, stderr, code } = await ran;
  expect(code, `${args.join(' ')}: ${stderr}`).toBe(failing ? 1 : 0);
  return JSON.stringify(plain(JSON.parse(failing ? stderr : stdout), used), null, 2);
}

/** What is another one each time, as one that stands for all. */
function plain(value: unknown, machine: Machine, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, machine));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner, machine, key)]));
  }
  if (name === 'port') return 4400;
  if (name === 'jti') return 'eH5kOfqXBmvvuIIrcVt4Rw';
  if (typeof value !== 'string') return value;
  const text = value
    .replaceAll(join(machine.folder, 'data'), '/home/you/.local/share/anon-cli')
    .replaceAll(/(localhost):\d+/g, '$1:4400')
    .replaceAll(/eyJ[\w-]+\.[\w-]*\.[\w.-]+/g, 'eyJhbGciOiJ…')
    .replaceAll(/anon([|@])[0-9a-f-]{36}/g, 'anon$1f81d4fae-7dec-41d0-8765-00a0c91e6bf6')
    .replaceAll(/sess_[\w-]+/g, 'sess_…')
    .replaceAll(/\b(?!pAphrn)[A-Za-z0-9]{32}\b/g, 'OjZ6ak58XbEr3iH0yf7XBSErusiRisYR')
    .replaceAll(/\b(?!a1ff5a)[0-9a-f]{24}\b/g, '6edee6e46fc1fed1f65c6708');
  return text.length > 200 ? `${text.slice(0, 40)}…` : text;
}
