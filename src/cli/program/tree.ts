import { Command } from 'commander';
import { exitCodes } from '../exit-code.ts';
import { withExample } from '../options/example.ts';
import { addGlobalOptions } from '../options/global.ts';
import type { Context } from '../world/context.ts';
import { version } from '../world/version.ts';
import { commands, groups } from './commands.ts';

/** Help is written for a terminal of this width, whatever terminal it is read in. */
const helpWidth = 80;

/** What to try first of each noun. */
const examples: Readonly<Record<string, string>> = {
  tenant: 'tenant show',
  app: 'app list',
  api: 'api list',
  'api scopes': 'api scopes add shop write:cart',
  token: 'token create',
  session: 'session list',
  claims: 'claims list',
  profile: 'profile list',
  local: 'local show',
};

/** A context for a tree that only prints help: no command in it ever runs. */
const nothing = {} as Context;

/** The whole command tree, by path. Loads every command: for help texts, which the build writes down. */
export async function commandTree(): Promise<Map<string, Command>> {
  const root = new Command('anon-cli')
    .description('Auth0 anonymous sessions from the command line: set them up, get guest tokens, look inside.')
    .usage('<command> [options]')
    .option('-V, --version', 'print the version')
    .addHelpText('after', rootNotes());
  addGlobalOptions(root);
  const tree = new Map<string, Command>([['', root]]);
  for (const [path, load] of Object.entries(commands)) {
    const [parent, verb] = [groupAt(tree, path.split(' ').slice(0, -1)), path.split(' ').at(-1) ?? path];
    const command = (await load())(nothing);
    parent.addCommand(command.name(verb));
    tree.set(path, command);
  }
  for (const [path, command] of tree) {
    command
      .helpCommand(false)
      .helpOption('-h, --help', 'print this help')
      .configureHelp({ helpWidth, subcommandTerm: term });
    if (Object.hasOwn(commands, path)) addGlobalOptions(command);
  }
  return tree;
}

/** What commander prints for `--help` of the command or noun at `path`. */
export function renderHelp(tree: Map<string, Command>, path: string): string {
  let text = '';
  const command = tree.get(path);
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

/** The command of a noun, made when its first verb comes. */
function groupAt(tree: Map<string, Command>, words: readonly string[]): Command {
  const path = words.join(' ');
  const known = tree.get(path);
  if (known) return known;
  const command = new Command(words.at(-1) ?? '').description(groups[path] ?? '').usage('<command> [options]');
  groupAt(tree, words.slice(0, -1)).addCommand(command);
  tree.set(path, command);
  return withExample(command, examples[path] ?? path, `More: anon-cli ${path} <command> --help`);
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
