import type { Argument, Command, Option } from 'commander';
import type { CompletionTree, TreeNode, TreeOption, TreePositional } from '../completion/tree.ts';
import { type Values, valuesOf } from '../completion/values.ts';
import { commandTree } from './tree.ts';

// The build ships a file with this function and the tree written down in place of this one.

/** Read from the command tree itself: what a command takes is said in one place. */
export async function completionTree(): Promise<CompletionTree> {
  const tree = await commandTree();
  return Object.fromEntries([...tree].map(([path, command]) => [path, nodeOf(path, command)]));
}

/** What completion knows of the command at `path`. */
export function nodeOf(path: string, command: Command): TreeNode {
  const help = command.createHelp();
  return {
    about: command.description(),
    words: help.visibleCommands(command).map((child) => child.name()),
    options: help.visibleOptions(command).map((option) => optionOf(path, option)),
    positionals: command.registeredArguments.map((argument) => positionalOf(path, argument)),
  };
}

function optionOf(path: string, option: Option): TreeOption {
  const flags = [option.long, option.short].filter((flag) => flag !== undefined && flag !== null);
  const placeholder = /[<[].*[>\]]/.exec(option.flags)?.[0] ?? '';
  return {
    flags,
    about: option.description,
    value: option.required ? 'required' : option.optional ? 'optional' : 'none',
    repeatable: option.variadic || gathers(option),
    values: choices(option) ?? valuesOf(path, [...flags, placeholder]),
  };
}

function positionalOf(path: string, argument: Argument): TreePositional {
  return {
    name: argument.name(),
    required: argument.required,
    repeatable: argument.variadic,
    values: choices(argument) ?? valuesOf(path, [`<${argument.name()}>`]),
  };
}

function choices({ argChoices }: { argChoices?: string[] | undefined }): Values | undefined {
  return argChoices && { words: argChoices };
}

/** Its parser makes a list of what it is given one after another, as `--meta a=1 --meta b=2` needs. */
function gathers({ parseArg }: Option): boolean {
  if (!parseArg) return false;
  try {
    const both: unknown = parseArg('b', parseArg('a', undefined as never));
    return Array.isArray(both) && both.length === 2;
  } catch {
    return false;
  }
}
