import type { App } from '../../../domain/app/app.ts';
import { findApp } from '../../../domain/app/find.ts';
import { type AppDeletion, planAppDeletion } from '../../../domain/app/lifecycle.ts';
import { grantsData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import { accessToWrite, confirmDeletion, writeAndShow, writeOptions } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';

export const appDeleteCommand = defineCommand({
  description: 'delete an application and its guest grants',
  args: { '<app>': 'its name or client id' },
  options: writeOptions,
  calls: 'tenant',
  examples: ['app delete kiosk --dry-run'],
  notes: `Asks for confirmation; pass --yes in a script. Guests' tokens work until they expire. A new application gets \
another client id.`,
  async run(context, { app: reference }, options) {
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
    const asking = confirmDeletion(context, access);
    const { clientId } = await writeAndShow<App, AppDeletion>(context, options, access, look, shown, asking);
    if (options.dryRun || access.profile.adHoc || access.profile.app?.clientId !== clientId) return;
    await (await context.profiles()).change(access.profile.name, (before) => before && { ...before, app: undefined });
  },
});
