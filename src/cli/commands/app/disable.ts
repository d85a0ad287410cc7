import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import { addWriteOptions, type WriteOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { toggleApp } from './toggle.ts';

export interface AppDisableOptions extends WriteOptions {
  readonly undoConformant?: true;
}

export function appDisableCommand(context: Context, run = toggleApp): Command {
  const command = addWriteOptions(
    new Command('disable')
      .description('stop an application from creating guest sessions')
      .argument('<app>', 'its name or client id')
      .option('--undo-conformant', 'make it no longer OIDC-conformant: undo app enable --oidc-conformant'),
  ).action((app: string, options: AppDisableOptions) =>
    run(context, app, { enabled: false, oidcConformant: options.undoConformant ? false : undefined }, options),
  );
  return withExample(command, 'app disable web', 'Tokens that guests already have live on until they expire.');
}
