import { Command } from 'commander';
import { withGrants } from '../../../domain/api/guest-grants.ts';
import { listApis } from '../../../domain/api/read.ts';
import { withExample } from '../../options/example.ts';
import { addListOptions, type ListOptions, listed, noneListed } from '../../options/list.ts';
import { printResult } from '../../output/output.ts';
import { apiData, renderApis } from '../../render/api.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

export function apiListCommand(context: Context, run = printApis): Command {
  const command = addListOptions(
    new Command('list').description('list the APIs, which take guests, and what guests may do there'),
  ).action((options: ListOptions) => run(context, options));
  return withExample(command, 'api list --enabled');
}

async function printApis(context: Context, options: ListOptions): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const all = await listApis(tenant);
  const wanted = listed(all, options, {
    isOpen: ({ guests }) => guests.enabled,
    searchedOf: ({ name, audience, id }) => ({ name, ids: [audience, id] }),
  });
  const apis = await withGrants(tenant, wanted);
  const none = noneListed(all, options, 'APIs');
  printResult(context, options, {
    data: apis.map(apiData),
    human: (paint) => (apis.length === 0 && none) || renderApis(paint, apis),
  });
}
