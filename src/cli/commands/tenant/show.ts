import { Command } from 'commander';
import { readTenant } from '../../../domain/tenant/settings.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { renderTenant, tenantData } from '../../render/tenant.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

export function tenantShowCommand(context: Context, run = showTenant): Command {
  const command = new Command('show')
    .description('show the session lifetime and the session token format')
    .action((options: GlobalOptions) => run(context, options));
  return withExample(command, 'tenant show');
}

async function showTenant(context: Context, options: GlobalOptions): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const view = await readTenant(tenant);
  printResult(context, options, { data: tenantData(view), human: (paint) => renderTenant(paint, view) });
}
