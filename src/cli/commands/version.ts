import { Command } from 'commander';
import { withExample } from '../options/example.ts';
import type { GlobalOptions } from '../options/global.ts';
import { printResult } from '../output/output.ts';
import type { Context } from '../world/context.ts';
import { version } from '../world/version.ts';

export function versionCommand(context: Context, run = printVersion): Command {
  const command = new Command('version')
    .description('print the version')
    .action((options: GlobalOptions) => run(context, options));
  return withExample(command, 'version');
}

async function printVersion(context: Context, options: GlobalOptions): Promise<void> {
  printResult(context, options, { data: { version }, human: () => `${version}\n` });
}
