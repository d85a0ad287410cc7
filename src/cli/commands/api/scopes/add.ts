import { Command } from 'commander';
import { withExample } from '../../../options/example.ts';
import { addWriteOptions } from '../../../tenant/write.ts';
import type { Context } from '../../../world/context.ts';
import { type ApiScopesOptions, changeScopes } from './change.ts';

export function apiScopesAddCommand(context: Context, run = changeScopes): Command {
  const command = addWriteOptions(
    new Command('add')
      .description('give guests scopes at an API, beside those they have')
      .argument('<api>', 'its name, audience or id')
      .argument('<scopes...>', 'scopes that the API defines')
      .option('--app <app>', 'whose guests get them: name or client id (edition ea)'),
  ).action((api: string, scopes: string[], options: ApiScopesOptions) => run(context, api, { add: scopes }, options));
  return withExample(command, 'api scopes add shop write:cart');
}
