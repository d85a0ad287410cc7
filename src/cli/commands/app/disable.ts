import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { toggleApp } from './toggle.ts';

export function appDisableCommand(context: Context, run = toggleApp): Command {
  const command = new Command('disable')
    .description('stop an application from creating guest sessions')
    .argument('<app>', 'its name or client id')
    .action((app: string, options: GlobalOptions) => run(context, app, false, options));
  return withExample(command, 'app disable web', 'Tokens that guests already have live on until they expire.');
}
