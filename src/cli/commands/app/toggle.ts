import { findApp } from '../../../domain/app/find.ts';
import { setAppEnabled } from '../../../domain/app/set-enabled.ts';
import type { Context } from '../../context.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { appData } from '../../render/app.ts';
import { printable } from '../../render/printable.ts';
import { sentData, sentText } from '../../render/sent.ts';
import { accessTenant } from '../../tenant-access.ts';

/** What `app enable` and `app disable` do: they differ in one word. */
export async function toggleApp(
  context: Context,
  reference: string,
  enabled: boolean,
  options: GlobalOptions,
): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const { clientId } = await findApp(tenant, reference);
  const { app, sent } = await setAppEnabled(tenant, clientId, enabled);
  const outcome = app.enabled ? 'may create guest sessions' : 'may no longer create guest sessions';
  printResult(context, options, {
    data: { ...appData(app), sent: sentData(sent) },
    human: (paint) => `${paint.green('✔')} ${printable(app.name)} ${outcome}\n${sentText(paint, sent)}`,
  });
}
