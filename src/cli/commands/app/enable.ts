import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import { addWriteOptions, type WriteOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { toggleApp } from './toggle.ts';

export interface AppEnableOptions extends WriteOptions {
  readonly oidcConformant?: true;
}

export function appEnableCommand(context: Context, run = toggleApp): Command {
  const command = addWriteOptions(
    new Command('enable')
      .description('let an application create guest sessions')
      .argument('<app>', 'its name or client id')
      .option('--oidc-conformant', 'make it OIDC-conformant too, which edition ea asks for'),
  ).action((app: string, options: AppEnableOptions) =>
    run(context, app, { enabled: true, oidcConformant: options.oidcConformant === true }, options),
  );
  return withExample(command, 'app enable web');
}
