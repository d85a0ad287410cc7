import { Command } from 'commander';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { toggleApp } from './toggle.ts';

export function appEnableCommand(context: Context, run = toggleApp): Command {
  const command = new Command('enable')
    .description('let an application create guest sessions')
    .argument('<app>', 'its name or client id')
    .action((app: string, options: GlobalOptions) => run(context, app, true, options));
  return withExample(command, 'app enable web');
}
