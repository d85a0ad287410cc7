import { findApp } from '../../../domain/app/find.ts';
import { planAppAccess } from '../../../domain/app/set-access.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { appData } from '../../render/app.ts';
import { printable } from '../../render/printable.ts';
import { accessToWrite, type WriteOptions, writeAndShow } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';

/** What `app enable` and `app disable` do: they differ in one word. */
export async function toggleApp(
  context: Context,
  reference: string,
  change: { enabled: boolean; oidcConformant?: boolean | undefined },
  options: WriteOptions,
): Promise<void> {
  const access = await accessToWrite(context, options);
  const look = async () => {
    const app = await findApp(access.tenant, reference);
    return { app, plan: await planAppAccess(access.tenant, app, change) };
  };
  await writeAndShow(context, options, access, look, {
    data: (app) => appData(app),
    headline: (app) =>
      `${printable(app.name)} ${app.enabled ? 'may create guest sessions' : 'may no longer create guest sessions'}`,
    below: (paint, { app }) => {
      if (!change.oidcConformant || app.oidcConformant) return '';
      const undo = `anon-cli app disable ${shellWord(app.name)} --undo-conformant${access.tenant.selection}`;
      return paint.dim(
        `  OIDC-conformant changes how ${printable(app.name)} signs users in.\n  To undo it: ${printable(undo)}\n`,
      );
    },
  });
}
