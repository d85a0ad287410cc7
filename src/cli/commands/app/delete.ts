import type { App } from '../../../domain/app/app.ts';
import { findApp } from '../../../domain/app/find.ts';
import { type AppDeletion, planAppDeletion } from '../../../domain/app/lifecycle.ts';
import { grantsData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant/access.ts';
import { removeDefault } from '../../tenant/profile-defaults.ts';
import { changeTenant, writeOptions } from '../../tenant/write.ts';
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
    const plan = async ({ tenant }: Access) => planAppDeletion(tenant, await findApp(tenant, reference));
    const { outcome, access } = await changeTenant<App, AppDeletion>(context, options, plan, {
      deletes: true,
      headline: ({ name }) => `Deleted application ${printable(name)}`,
      data: ({ clientId, name }, { grants }) => ({
        client_id: clientId,
        name,
        deleted: options.dryRun !== true,
        guest_grants: grantsData(grants),
      }),
    });
    if (options.dryRun || access.profile.app?.clientId !== outcome.clientId) return;
    await removeDefault(context, access.profile, 'app');
  },
});
