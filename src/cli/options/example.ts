import type { Command } from 'commander';

/** Puts one example that runs as it stands, on the local tenant, at the end of a command's help. */
export function withExample(command: Command, example: string, note = ''): Command {
  return command.addHelpText('after', `\nExample:\n  $ anon-cli ${example}${note && `\n\n${note}`}`);
}
