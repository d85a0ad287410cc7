import { Command } from 'commander';
import { withGrants } from '../../../domain/api/guest-grants.ts';
import { listApis } from '../../../domain/api/list.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { apiData, renderApis } from '../../render/api.ts';
import { accessTenant } from '../../tenant-access.ts';

export function apiListCommand(context: Context, run = printApis): Command {
  const command = new Command('list')
    .description('list the APIs, which take guests, and what guests may do there')
    .action((options: GlobalOptions) => run(context, options));
  return withExample(command, 'api list');
}

async function printApis(context: Context, options: GlobalOptions): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const apis = await withGrants(tenant, await listApis(tenant));
  printResult(context, options, { data: apis.map(apiData), human: (paint) => renderApis(paint, apis) });
}
