import { Command } from 'commander';
import { listApps } from '../../../domain/app/read.ts';
import { withExample } from '../../options/example.ts';
import { addListOptions, type ListOptions, listed, noneListed } from '../../options/list.ts';
import { printResult } from '../../output/output.ts';
import { appData, renderApps } from '../../render/app.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

export function appListCommand(context: Context, run = printApps): Command {
  const command = addListOptions(
    new Command('list').description('list the applications, and which may create guest sessions'),
  ).action((options: ListOptions) => run(context, options));
  return withExample(command, 'app list --search web');
}

async function printApps(context: Context, options: ListOptions): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const all = await listApps(tenant);
  const apps = listed(all, options, {
    isOpen: ({ enabled }) => enabled,
    searchedOf: ({ name, clientId }) => ({ name, ids: [clientId] }),
  });
  const none = noneListed(all, options, 'applications');
  printResult(context, options, {
    data: apps.map((app) => appData(app)),
    human: (paint) => (apps.length === 0 && none) || renderApps(paint, apps),
  });
}
