import { Command } from 'commander';
import type { App } from '../../../domain/app/app.ts';
import { findApp } from '../../../domain/app/find.ts';
import { type AppDeletion, planAppDeletion } from '../../../domain/app/lifecycle.ts';
import { withExample } from '../../options/example.ts';
import { grantsData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import {
  accessToWrite,
  addWriteOptions,
  confirmDeletion,
  type WriteOptions,
  writeAndShow,
} from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';

export function appDeleteCommand(context: Context, run = deleteApp): Command {
  const command = addWriteOptions(
    new Command('delete')
      .description('delete an application, and the guest grants it has')
      .argument('<app>', 'its name or client id'),
  ).action((app: string, options: WriteOptions) => run(context, app, options));
  return withExample(
    command,
    'app delete kiosk --dry-run',
    'It asks first; in a script: --yes. Tokens that guests already have live on\nuntil they expire. A new application has another client id.',
  );
}

async function deleteApp(context: Context, reference: string, options: WriteOptions): Promise<void> {
  const access = await accessToWrite(context, options);
  const look = async () => planAppDeletion(access.tenant, await findApp(access.tenant, reference));
  const shown = {
    headline: ({ name }: App) => `Deleted application ${printable(name)}`,
    data: ({ clientId, name }: App, { grants }: AppDeletion) => ({
      client_id: clientId,
      name,
      deleted: options.dryRun !== true,
      guest_grants: grantsData(grants),
    }),
  };
  const confirmation = confirmDeletion(context, access);
  const { clientId } = await writeAndShow<App, AppDeletion>(context, options, access, look, shown, confirmation);
  if (options.dryRun || access.profile.adHoc || access.profile.app?.clientId !== clientId) return;
  await (await context.profiles()).change(access.profile.name, (before) => before && { ...before, app: undefined });
}
