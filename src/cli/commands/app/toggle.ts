import { findApp } from '../../../domain/app/find.ts';
import { planAppAccess } from '../../../domain/app/set-access.ts';
import type { Context } from '../../context.ts';
import { appData } from '../../render/app.ts';
import { printable } from '../../render/printable.ts';
import { accessToWrite, type WriteOptions, writeAndShow } from '../../write.ts';

/** What `app enable` and `app disable` do: they differ in one word. */
export async function toggleApp(
  context: Context,
  reference: string,
  change: { enabled: boolean; oidcConformant?: boolean },
  options: WriteOptions,
): Promise<void> {
  const access = await accessToWrite(context, options);
  const look = async () => ({
    plan: await planAppAccess(access.tenant, await findApp(access.tenant, reference), change),
  });
  await writeAndShow(context, options, access, look, {
    data: (app) => appData(app),
    headline: (app) =>
      `${printable(app.name)} ${app.enabled ? 'may create guest sessions' : 'may no longer create guest sessions'}`,
  });
}
