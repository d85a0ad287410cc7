import { findApp } from '../../../domain/app/find.ts';
import { planAppAccess } from '../../../domain/app/set-access.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { appData } from '../../render/app.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant/access.ts';
import { changeTenant, type WriteOptions, writeOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

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
