import { Command } from 'commander';
import { listApps } from '../../../domain/app/list.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { appData, renderApps } from '../../render/app.ts';
import { accessTenant } from '../../tenant-access.ts';

export function appListCommand(context: Context, run = printApps): Command {
  const command = new Command('list')
    .description('list the applications, and which may create guest sessions')
    .action((options: GlobalOptions) => run(context, options));
  return withExample(command, 'app list');
}

async function printApps(context: Context, options: GlobalOptions): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const apps = await listApps(tenant);
  printResult(context, options, {
    data: apps.map((app) => appData(app)),
    human: (paint) => renderApps(paint, apps),
  });
}
