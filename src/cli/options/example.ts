import type { Command } from 'commander';

/** Adds an example to the help of a command that is not written with `defineCommand` yet. */
export function withExample(command: Command, example: string, note = ''): Command {
  return command.addHelpText('after', `\nExample:\n  $ anon-cli ${example}${note && `\n\n${note}`}`);
}
