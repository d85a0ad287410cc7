import { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExample } from '../example.ts';
import type { GlobalOptions } from '../global-options.ts';
import { printResult } from '../output.ts';
import { version } from '../version.ts';

export function versionCommand(context: Context, run = printVersion): Command {
  const command = new Command('version')
    .description('print the version')
    .action((options: GlobalOptions) => run(context, options));
  return withExample(command, 'version');
}

async function printVersion(context: Context, options: GlobalOptions): Promise<void> {
  printResult(context, options, { data: { version }, human: () => `${version}\n` });
}
