import { type Argument, Help, type Option } from 'commander';
import type { CommandFacts } from '../commands/define-command.ts';
import type { CompletionTree, TreeNode, TreeOption, TreePositional } from '../completion/tree.ts';
import type { Values } from '../options/definition.ts';
import { addGlobalOptions, globalOptions } from '../options/global.ts';
import { commandTree, type TreeCommand } from './tree.ts';

// The build replaces this file by one that has the finished tree.

/** Read from the definitions of commands and options. */
export async function completionTree(): Promise<CompletionTree> {
  const tree = await commandTree();
  return Object.fromEntries([...tree].map(([path, command]) => [path, nodeOf(path, command)]));
}

/** What completion knows of the command at `path`. */
export function nodeOf(path: string, { command, facts }: TreeCommand): TreeNode {
  const isLeaf = path !== '' && command.commands.length === 0;
  const options = new Help().visibleOptions(isLeaf ? addGlobalOptions(command) : command);
  return {
    about: command.description(),
    words: new Help().visibleCommands(command).map((child) => child.name()),
    options: options.map((option) => optionOf(option, facts)),
    positionals: command.registeredArguments.map((argument) => positionalOf(argument, facts)),
  };
}

function optionOf(option: Option, facts: CommandFacts | undefined): TreeOption {
  const flags = [option.long, option.short].filter((flag) => flag !== undefined && flag !== null);
  const placeholder = /[<[].*[>\]]/.exec(option.flags)?.[0] ?? '';
  const global = globalOptions.find((one) => one.flags === option.flags);
  return {
    flags,
    about: option.description,
    value: option.required ? 'required' : option.optional ? 'optional' : 'none',
    repeatable: option.variadic || isRepeatable(option),
    values: global?.values ?? definedValues(facts?.options?.[option.flags]) ?? valuesOfPlaceholder(placeholder),
  };
}

function positionalOf(argument: Argument, facts: CommandFacts | undefined): TreePositional {
  const flags = flagsOf(argument);
  return {
    name: argument.name(),
    required: argument.required,
    repeatable: argument.variadic,
    values: definedValues(facts?.args?.[flags]) ?? valuesOfPlaceholder(flags),
  };
}

function definedValues(definition: string | { values?: Values | readonly string[] } | undefined): Values | undefined {
  const values = typeof definition === 'string' ? undefined : definition?.values;
  return Array.isArray(values) ? { words: values } : (values as Values | undefined);
}

/** As a definition writes it: `<api>`, `[file]`, `<scopes...>`. */
function flagsOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** Its parser collects values, as `--meta a=1 --meta b=2` needs. */
function isRepeatable({ parseArg }: Option): boolean {
  if (!parseArg) return false;
  try {
    const both: unknown = parseArg('b', parseArg('a', undefined as never));
    return Array.isArray(both) && both.length === 2;
  } catch {
    return false;
  }
}

/** What completion offers for a placeholder, unless a definition says otherwise. */
const valuesByPlaceholder: Readonly<Record<string, Values>> = {
  app: { live: 'app' },
  api: { live: 'api' },
  profile: { live: 'profile' },
  session: { live: 'session' },
  user: { live: 'user' },
  action: { live: 'action' },
  fault: { live: 'fault' },
  kid: { live: 'key' },
  snapshot: { live: 'snapshot' },
  file: { file: true },
};

function valuesOfPlaceholder(placeholder: string): Values | undefined {
  const name = /^[<[]([a-z]+)(?:\.\.\.)?[>\]]$/.exec(placeholder)?.[1] ?? '';
  return Object.hasOwn(valuesByPlaceholder, name) ? valuesByPlaceholder[name] : undefined;
}
