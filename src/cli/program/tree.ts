import { Command, type Option } from 'commander';
import type { CommandFacts } from '../commands/define-command.ts';
import { exitCodes } from '../exit-code.ts';
import { addGlobalOptions } from '../options/global.ts';
import { wrapped } from '../render/wrapped.ts';
import type { Context } from '../world/context.ts';
import { version } from '../world/version.ts';
import { commanderCommand } from './commander.ts';
import { commands, groups } from './commands.ts';

/** Help is written for a terminal of this width, whatever terminal it is read in. */
const helpWidth = 80;

/** A command or a noun. */
export interface TreeCommand {
  readonly command: Command;
  /** What it is defined by; undefined for nouns. */
  readonly facts: CommandFacts | undefined;
}

export type CommandTree = Map<string, TreeCommand>;

/** The whole command tree, by path. Loads every command: for help texts, which the build writes to a file. */
export async function commandTree(): Promise<CommandTree> {
  const root = new Command('anon-cli')
    .description('Auth0 anonymous sessions from the command line: set them up, get guest tokens, look inside.')
    .usage('<command> [options]')
    .option('-V, --version', 'print the version')
    .addHelpText('after', rootNotes());
  const tree: CommandTree = new Map([['', { command: addGlobalOptions(root), facts: undefined }]]);
  for (const [path, load] of Object.entries(commands)) {
    const loaded = await load();
    const facts = typeof loaded === 'function' ? undefined : loaded;
    const command = typeof loaded === 'function' ? loaded({} as Context) : commanderCommand(loaded, async () => {});
    const words = path.split(' ');
    groupAt(tree, words.slice(0, -1)).addCommand(command.name(words.at(-1) ?? path));
    if (facts) command.addHelpText('after', notesOf(facts));
    command.addHelpText('after', '\nGlobal options: anon-cli --help');
    tree.set(path, { command, facts });
  }
  for (const { command } of tree.values()) {
    command
      .helpCommand(false)
      .helpOption('-h, --help', 'print this help')
      .configureHelp({ helpWidth, subcommandTerm: term, optionDescription });
  }
  return tree;
}

/** What commander prints for `--help` of the command or noun at `path`. */
export function renderHelp(tree: CommandTree, path: string): string {
  let text = '';
  const command = tree.get(path)?.command;
  command?.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command?.outputHelp();
  return text;
}

/** A command in a list: its name and what it needs, without the options that all have. */
function term(command: Command): string {
  const args = command.registeredArguments.map((arg) => (arg.required ? ` <${arg.name()}>` : ` [${arg.name()}]`));
  return `${command.name()}${args.join('')}`;
}

/** An option's description, with a default as plain text. */
function optionDescription(option: Option): string {
  const { description, defaultValue } = option;
  return typeof defaultValue === 'string' ? `${description} (default: ${defaultValue})` : description;
}

/** The command of a noun, made when its first verb comes. */
function groupAt(tree: CommandTree, words: readonly string[]): Command {
  const path = words.join(' ');
  const known = tree.get(path)?.command;
  if (known) return known;
  const { description = '', example = path } = groups[path] ?? {};
  const command = new Command(words.at(-1) ?? '').description(description).usage('<command> [options]');
  groupAt(tree, words.slice(0, -1)).addCommand(command);
  tree.set(path, { command, facts: undefined });
  return command.addHelpText('after', `${examplesText([example])}\n\nMore: anon-cli ${path} <command> --help`);
}

function notesOf({ examples, notes, more }: CommandFacts): string {
  const lines = notes?.split('\n').flatMap((line) => wrapped(line, helpWidth));
  return `${examplesText(examples)}${lines ? `\n\n${lines.join('\n')}` : ''}${more ? `\n\nMore: ${more}` : ''}`;
}

function examplesText(examples: readonly string[]): string {
  const lines = examples.map((example) => `  $ anon-cli ${example}`);
  return `\n${examples.length > 1 ? 'Examples' : 'Example'}:\n${lines.join('\n')}`;
}

function rootNotes(): string {
  const codes = exitCodes.map(({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning}`);
  return `
Start here:
  $ anon-cli quickstart          all five steps on the local tenant, no account
  $ anon-cli setup               the same on your own tenant, after login
  $ anon-cli token create        a guest session, both tokens decoded
  $ anon-cli doctor              why can a guest not get a token?
  $ anon-cli status              which tenant, app, API and session now?
  $ anon-cli <command> --help    what it takes, with an example

Exit codes:
${codes.join('\n')}

anon-cli ${version}`;
}
