import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands, groups } from '../../src/cli/program/commands.ts';
import { helpTexts } from '../../src/cli/program/help.ts';
import { newHome, type Run, runShell } from '../support/bin.ts';
import { wordsOf } from '../support/command.ts';
import { runHere } from '../support/run-here.ts';

const urlLists = ['app origins', 'app callbacks', 'app logout-urls'];
// Commands that disable or delete things run last, and before them those that list what others added. Those that run until
// Ctrl-C, or need what does, have their own tests.
const last = [
  ...urlLists.map((noun) => `${noun} list`),
  ...urlLists.map((noun) => `${noun} remove`),
  'app disable',
  'api disable',
  'profile remove',
  'local snapshot remove',
  'local seed',
  'local reset',
];
const onEa = ['token transfer', 'tenant set-cookie'];
const endless = ['local start', 'local logs', 'token watch'];
const paths = Object.keys(commands).filter((path) => !endless.includes(path) && !onEa.includes(path));
const order = [...paths.filter((path) => !last.includes(path)), ...last];

it('every example in the help of a command runs as it is', async () => {
  await runExamples(newHome(), order);
}, 300_000);

it('examples for edition ea only run unchanged', async () => {
  const home = newHome();
  await runShell(home, 'anon-cli local reset --edition ea --yes && anon-cli quickstart');
  await runExamples(home, onEa);
});

it('examples in the help of nouns run unchanged', async () => {
  const home = newHome();
  await runShell(home, 'anon-cli quickstart');
  await runExamples(home, Object.keys(groups));
});

/** The key in an example: each tenant has others. */
const exampleKey = '5KkVbq0X3nq2Zb1o4n6v8w';

async function previousKey(home: string, example: string): Promise<string> {
  if (!example.includes(exampleKey)) return '';
  const { stdout } = await runHere(home, ['local', 'key', 'list', '--json']);
  const keys: { readonly kid: string; readonly state: string }[] = JSON.parse(stdout);
  return keys.find(({ state }) => state === 'previous')?.kid ?? '';
}

/** The commands that the real program has run. */
const started = new Set<string>();

/** Runs an example as a user would, or in this process where the program has run the command before and no shell is needed. */
async function runExample(home: string, example: string): Promise<Run> {
  const args = wordsOf(example);
  const command = [3, 2, 1].map((count) => args.slice(0, count).join(' ')).find((path) => path in commands);
  if (command && started.has(command) && !/[|>~]|anon-cli local (exec|trust)/.test(example)) return runHere(home, args);
  if (command) started.add(command);
  return runShell(home, example);
}

async function runExamples(home: string, paths: readonly string[]): Promise<void> {
  const texts = await helpTexts();
  writeFileSync(join(home, 'world.yaml'), 'users: { jane@example.com: {} }');
  writeFileSync(join(home, 'post-login.js'), 'exports.onExecutePostLogin = async () => {};');
  for (const path of paths) {
    const [, lines = ''] = /^Examples?:\n((?: {2}\$ .+\n?)+)/m.exec(texts[path] ?? '') ?? [];
    const examples = lines.split('\n').flatMap((line) => (line === '' ? [] : [line.replace('  $ ', '')]));
    expect(examples.length, `the help of ${path} has an example`).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example).toMatch(new RegExp(`anon-cli ${path}\\b`));
      const { code, stderr } = await runExample(home, example.replace(exampleKey, await previousKey(home, example)));
      expect({ example, code, stderr: code === 0 ? '' : stderr }).toEqual({ example, code: 0, stderr: '' });
    }
  }
}
