import { Command } from 'commander';
import { findApp } from '../../../domain/app/find.ts';
import { readApp } from '../../../domain/app/read.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { appData, renderApp } from '../../render/app.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

interface AppShowOptions extends GlobalOptions {
  readonly revealSecrets?: true;
}

export function appShowCommand(context: Context, run = showApp): Command {
  const command = new Command('show')
    .description('show one application')
    .argument('<app>', 'its name or client id')
    .option('--reveal-secrets', 'put the client secret into --json and --field')
    .action((app: string, options: AppShowOptions) => run(context, app, options));
  return withExample(command, 'app show web');
}

async function showApp(context: Context, reference: string, options: AppShowOptions): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const found = await findApp(tenant, reference);
  const revealSecrets = options.revealSecrets === true;
  // Lists hold no secrets.
  const app = (revealSecrets && (await readApp(tenant, found.clientId))) || found;
  printResult(context, options, {
    data: appData(app, { revealSecrets }),
    human: (paint) => renderApp(paint, app),
  });
}
