import { Command, type Option } from 'commander';
import type { CommandFacts } from '../commands/define-command.ts';
import { exitCodes } from '../exit-code.ts';
import { addGlobalOptions } from '../options/global.ts';
import { wrapped } from '../render/wrapped.ts';
import { version } from '../world/version.ts';
import { commanderCommand } from './commander.ts';
import { commands, groups } from './commands.ts';

/** Help is written for this width and refitted for narrower terminals. */
const helpWidth = 80;

/** A command or a noun. */
export interface TreeCommand {
  readonly command: Command;
  /** Its definition; undefined for nouns. */
  readonly facts: CommandFacts | undefined;
}

export type CommandTree = Map<string, TreeCommand>;

/** The whole command tree, by path. Loads every command: for help texts, which the build writes to a file. */
export async function commandTree(): Promise<CommandTree> {
  const root = new Command('anon-cli')
    .description('Auth0 Anonymous Sessions from the command line: set them up, get and inspect guest tokens.')
    .usage('<command> [options]')
    .option('-V, --version', 'print the version')
    .addHelpText('after', rootNotes());
  const tree: CommandTree = new Map([['', { command: addGlobalOptions(root), facts: undefined }]]);
  for (const [path, load] of Object.entries(commands)) {
    const facts = await load();
    const command = commanderCommand(facts, async () => {});
    const words = path.split(' ');
    groupAt(tree, words.slice(0, -1)).addCommand(command.name(words.at(-1) ?? path));
    command.addHelpText('after', `${notesOf(facts)}\n\nGlobal options: anon-cli --help`);
    tree.set(path, { command, facts });
  }
  for (const { command } of tree.values()) {
    command
      .helpCommand(false)
      .helpOption('-h, --help', 'print this help')
      .configureHelp({ helpWidth, subcommandTerm, optionDescription });
  }
  return tree;
}

/** The help of the command or noun at `path`. */
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

/** A command in a list: its name and arguments, without options. */
function subcommandTerm(command: Command): string {
  const args = command.registeredArguments.map((arg) => (arg.required ? ` <${arg.name()}>` : ` [${arg.name()}]`));
  return `${command.name()}${args.join('')}`;
}

/** An option's description, with a default as plain text. */
function optionDescription(option: Option): string {
  const { description, defaultValue } = option;
  return typeof defaultValue === 'string' ? `${description} (default: ${defaultValue})` : description;
}

/** The command of a noun, created with its first verb. */
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
  $ anon-cli doctor              why can't a guest get a token?
  $ anon-cli status              the tenant, app, API and session in use
  $ anon-cli <command> --help    help for a command, with examples

Exit codes:
${codes.join('\n')}

anon-cli ${version}`;
}
