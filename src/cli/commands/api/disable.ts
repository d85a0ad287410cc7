import { Command } from 'commander';
import { findApi } from '../../../domain/api/find.ts';
import { setGuestAccess } from '../../../domain/api/set-guest-access.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { apiData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import { sentData, sentText } from '../../render/sent.ts';
import { accessTenant } from '../../tenant-access.ts';

export function apiDisableCommand(context: Context, run = disableApi): Command {
  const command = new Command('disable')
    .description('close an API to guests')
    .argument('<api>', 'its name, audience or id')
    .action((api: string, options: GlobalOptions) => run(context, api, options));
  return withExample(command, 'api disable shop', 'Access tokens that guests already have live on until they expire.');
}

async function disableApi(context: Context, reference: string, options: GlobalOptions): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const { api, sent } = await setGuestAccess(tenant, await findApi(tenant, reference), { enabled: false });
  printResult(context, options, {
    data: { ...apiData(api), sent: sentData(sent) },
    human: (paint) => `${paint.green('✔')} ${printable(api.name)} no longer takes guests\n${sentText(paint, sent)}`,
  });
}
