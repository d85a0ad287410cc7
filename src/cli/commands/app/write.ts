import type { App } from '../../../domain/app/app.ts';
import { findApp } from '../../../domain/app/find.ts';
import { type AppDeletion, checkNameIsFree, planAppCreation, planAppDeletion } from '../../../domain/app/lifecycle.ts';
import { planAppAccess } from '../../../domain/app/set-access.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { clientTypes } from '../../../wire/client.ts';
import { knownWord, typeWord } from '../../options/parse.ts';
import { grantsData } from '../../render/api.ts';
import { appData, renderApp } from '../../render/app.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant/access.ts';
import { removeDefault } from '../../tenant/profile-defaults.ts';
import { changeTenant, type WriteOptions, writeOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

export const appCreateCommand = defineCommand({
  description: 'create an application',
  args: { '<name>': 'its name' },
  options: {
    '--type <type>': { description: clientTypes.join(', '), values: clientTypes, default: 'spa' },
    '--enable': 'let it create guest sessions right away',
    '--allow-duplicate': 'create it even if an application has this name',
    '--reveal-secrets': 'include the client secret in --json and --field',
    ...writeOptions,
  },
  calls: 'tenant',
  examples: ['app create kiosk --type native --enable'],
  async run(context, { name }, options) {
    const type = knownWord(options.type, clientTypes, typeWord);
    const plan = async ({ tenant }: Access) => {
      if (!options.allowDuplicate) await checkNameIsFree(tenant, name);
      return { plan: await planAppCreation(tenant, { name, type, enabled: options.enable === true }) };
    };
    await changeTenant(context, options, plan, {
      data: (app) => appData(app, { revealSecrets: options.revealSecrets === true }),
      headline: (app, paint) => `Created application ${renderApp(paint, app).trimEnd()}`,
    });
  },
});

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

export const appEnableCommand = defineCommand({
  description: 'let an application create guest sessions',
  args: { '<app>': 'its name or client id' },
  options: {
    '--oidc-conformant': 'also make it OIDC-conformant, which edition ea requires',
    ...writeOptions,
  },
  calls: 'tenant',
  examples: ['app enable web'],
  run: (context, { app }, options) =>
    changeAccess(context, app, { enabled: true, oidcConformant: options.oidcConformant === true }, options),
});

export const appDisableCommand = defineCommand({
  description: 'stop an application from creating guest sessions',
  args: { '<app>': 'its name or client id' },
  options: {
    '--undo-conformant': 'also undo app enable --oidc-conformant',
    ...writeOptions,
  },
  calls: 'tenant',
  examples: ['app disable web'],
  notes: "Guests' tokens work until they expire.",
  run: (context, { app }, options) =>
    changeAccess(context, app, { enabled: false, oidcConformant: options.undoConformant ? false : undefined }, options),
});

async function changeAccess(
  context: Context,
  reference: string,
  change: { enabled: boolean; oidcConformant: boolean | undefined },
  options: WriteOptions,
): Promise<void> {
  const plan = async ({ tenant }: Access) => {
    const app = await findApp(tenant, reference);
    return { app, selection: tenant.selection, plan: await planAppAccess(tenant, app, change) };
  };
  await changeTenant(context, options, plan, {
    data: (app) => appData(app),
    headline: (app) =>
      `${printable(app.name)} ${app.enabled ? 'may create guest sessions' : 'may no longer create guest sessions'}`,
    below: (paint, { app, selection }) => {
      if (!change.oidcConformant || app.oidcConformant) return '';
      const undo = `anon-cli app disable ${shellWord(app.name)} --undo-conformant${selection}`;
      return paint.dim(
        `  OIDC-conformant changes how ${printable(app.name)} signs users in.\n  To undo it: ${printable(undo)}\n`,
      );
    },
  });
}
