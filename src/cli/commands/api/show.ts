import { Command } from 'commander';
import { findApi } from '../../../domain/api/find.ts';
import { apiWithGrants } from '../../../domain/api/guest-grants.ts';
import { grantHolderNames } from '../../../domain/app/read.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { apiData, renderApi } from '../../render/api.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

export function apiShowCommand(context: Context, run = showApi): Command {
  const command = new Command('show')
    .description('show one API with its scopes, and which of them guests get')
    .argument('<api>', 'its name, audience or id')
    .action((api: string, options: GlobalOptions) => run(context, api, options));
  return withExample(command, 'api show shop');
}

async function showApi(context: Context, reference: string, options: GlobalOptions): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const api = await apiWithGrants(tenant, await findApi(tenant, reference));
  const names = await grantHolderNames(tenant, api);
  printResult(context, options, { data: apiData(api), human: (paint) => renderApi(paint, api, names) });
}
