import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import type { CommandFacts } from '../../../src/cli/commands/define-command.ts';
import type { CompletionTree } from '../../../src/cli/completion/tree.ts';
import { valuesByName } from '../../../src/cli/completion/values.ts';
import { globalOptions } from '../../../src/cli/options/global.ts';
import { commanderCommand } from '../../../src/cli/program/commander.ts';
import { commands } from '../../../src/cli/program/commands.ts';
import { completionTree, nodeOf } from '../../../src/cli/program/completion-tree.ts';

it('the shipped completion data matches the command tree', async () => {
  const built: { completionTree(): Promise<CompletionTree> } = createRequire(import.meta.url)(
    '../../../dist/program-completion-tree.cjs',
  );
  const tree = await completionTree();
  expect(await built.completionTree()).toEqual(JSON.parse(JSON.stringify(tree)));
  for (const path of Object.keys(commands)) expect(tree[path]?.about).toMatch(/\S/);
});

it('every entry of the table of values exists in the tree', async () => {
  const tree = await completionTree();
  const names = Object.entries(tree).flatMap(([path, { options, positionals }]) => [
    ...options.flatMap(({ flags }) => flags.map((flag) => `${path} ${flag}`)),
    ...positionals.map(({ name }) => `${path} <${name}>`),
  ]);
  // Of an option's placeholder the tree has nothing left but what it takes.
  const placeholders = ['<file>', 'app create <type>'];
  const idle = Object.keys(valuesByName).filter((key) => {
    const [name = '', ...words] = key.split(' ').reverse();
    const path = words.reverse().join(' ');
    return !names.some((known) => ` ${known}`.startsWith(` ${path}`) && known.endsWith(` ${name}`));
  });
  expect(idle.filter((key) => !placeholders.includes(key))).toEqual([]);
});

it('a repeatable option is distinguished from a single one', async () => {
  const options = (await completionTree())['token update']?.options ?? [];
  const repeatable = options.filter((option) => option.repeatable).map(({ flags }) => flags[0]);
  expect(repeatable).toEqual(['--meta', '--unset', '--field']);
});

it('choices that a definition declares take precedence over the table', () => {
  const facts: CommandFacts = {
    ...{ description: 'x', calls: 'nothing', examples: ['x'] },
    args: { '<app>': { description: 'y', values: ['a', 'b'] } },
    options: {
      '--colour <name>': { description: 'z', values: { words: ['c'] }, alias: '--color <name>' },
      '--silent': { description: 'w', hidden: true },
    },
  };
  const node = nodeOf('x', { facts, command: commanderCommand(facts, async () => {}) });
  expect(node.positionals).toMatchObject([{ name: 'app', required: true, values: { words: ['a', 'b'] } }]);
  const own = node.options.filter(
    ({ flags }) => !globalOptions.some((option) => option.flags.startsWith(flags[0] ?? '')),
  );
  expect(own.map(({ flags, values }) => ({ flags, values }))).toEqual([
    { flags: ['--colour'], values: { words: ['c'] } },
    { flags: ['--help', '-h'], values: undefined },
  ]);
});
