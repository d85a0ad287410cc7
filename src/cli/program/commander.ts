import { Command, type Option } from 'commander';
import { AnonError } from '../../errors.ts';
import type { CommandFacts } from '../commands/define-command.ts';
import type { OptionDefinition } from '../options/definition.ts';

/** A definition as commander parses it; `run` gets positionals and options by name. */
export function commanderCommand(
  { description, args = {}, options = {} }: CommandFacts,
  run: (args: Readonly<Record<string, unknown>>, options: Record<string, unknown>) => Promise<void>,
): Command {
  const command = new Command().description(description);
  for (const [flags, about] of Object.entries(args)) {
    command.argument(flags, typeof about === 'string' ? about : about.description);
  }
  const aliases: { alias: Option; option: Option }[] = [];
  for (const [flags, given] of Object.entries(options)) {
    const definition = typeof given === 'string' ? { description: given } : given;
    const option = addOption(command, flags, definition);
    if (definition.alias === undefined) continue;
    const alias = addOption(command, definition.alias, { ...definition, required: undefined, hidden: true });
    aliases.push({ alias, option });
  }
  refuseOpposites(command);
  const names = command.registeredArguments.map((argument) => argument.name());
  return command.action((...given: unknown[]) => {
    for (const { alias, option } of aliases) moveAlias(command, alias, option);
    return run(Object.fromEntries(names.map((name, index) => [name, given[index]])), command.opts());
  });
}

type Parsed = Omit<OptionDefinition, 'required'> & { readonly required?: true | undefined };

function addOption(command: Command, flags: string, definition: Parsed): Option {
  const { description, repeatable, required, hidden, parse } = definition;
  const option = command.createOption(flags, description);
  if (required) option.makeOptionMandatory();
  if (hidden) option.hideHelp();
  if (definition.default !== undefined) option.default(definition.default);
  if (repeatable) {
    option.argParser((text: string, before: unknown[] = []) => [...before, parse ? parse(text) : text]);
  } else if (parse) option.argParser(parse);
  command.addOption(option);
  return option;
}

/** Hands the value of an alias to the option that it stands for. @throws {AnonError} `usage` where both are given */
function moveAlias(command: Command, alias: Option, option: Option): void {
  const value: unknown = command.getOptionValue(alias.attributeName());
  if (value === undefined) return;
  const name = option.attributeName();
  if (command.getOptionValueSource(name) === 'cli') {
    throw new AnonError('usage', `${option.long} and ${alias.long} can't be combined: they mean the same.`);
  }
  command.setOptionValue(name, value);
  command.setOptionValue(alias.attributeName(), undefined);
}

/** Commander would take the last of `--guest --no-guest`. */
function refuseOpposites(command: Command): void {
  for (const negative of command.options.filter(({ negate }) => negate)) {
    const name = negative.attributeName();
    const positive = command.options.find((option) => !option.negate && option.attributeName() === name);
    if (!positive) continue;
    const given = new Set<Option>();
    for (const option of [positive, negative]) {
      command.on(`option:${option.name()}`, () => {
        given.add(option);
        if (given.size < 2) return;
        throw new AnonError('usage', `${positive.long} and ${negative.long} can't be combined.`);
      });
    }
  }
}
