import { Command } from 'commander';
import { withExample } from '../../../options/example.ts';
import { addWriteOptions } from '../../../tenant/write.ts';
import type { Context } from '../../../world/context.ts';
import { type ApiScopesOptions, changeScopes } from './change.ts';

export function apiScopesRemoveCommand(context: Context, run = changeScopes): Command {
  const command = addWriteOptions(
    new Command('remove')
      .description('take scopes at an API away from guests')
      .argument('<api>', 'its name, audience or id')
      .argument('<scopes...>', 'scopes that guests have there')
      .option('--app <app>', 'whose guests lose them: name or client id (edition ea)'),
  ).action((api: string, scopes: string[], options: ApiScopesOptions) =>
    run(context, api, { remove: scopes }, options),
  );
  return withExample(
    command,
    'api scopes remove shop write:cart',
    'Access tokens that guests already have keep the scope until they expire.',
  );
}
