import { Command } from 'commander';
import { parseSessionLifetime, sessionLifetimeWarning } from '../../../domain/duration.ts';
import { changeTenant } from '../../../domain/tenant/settings.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { sentData, sentText } from '../../render/sent.ts';
import { lifetimeText, tenantData } from '../../render/tenant.ts';
import { accessTenant } from '../../tenant-access.ts';

export function tenantSetLifetimeCommand(context: Context, run = setLifetime): Command {
  const command = new Command('set-lifetime')
    .description('set how long guest sessions live')
    .argument('<duration>', "45s, 90m, 12h, 30d, 1y, a number of seconds, or 'never'")
    .action((duration: string, options: GlobalOptions) => run(context, duration, options));
  return withExample(command, 'tenant set-lifetime 30d', '30 days or longer is recommended; at most 1 year.');
}

async function setLifetime(context: Context, duration: string, options: GlobalOptions): Promise<void> {
  const lifetimeSeconds = parseSessionLifetime(duration);
  const { tenant } = await accessTenant(context, options);
  const changed = await changeTenant(tenant, { lifetimeSeconds });
  const warning = sessionLifetimeWarning(lifetimeSeconds);
  if (warning) context.warn(warning);
  printResult(context, options, {
    data: { ...tenantData(changed.tenant), sent: sentData(changed.sent) },
    human: (paint) =>
      `${paint.green('✔')} Session lifetime: ${lifetimeText(changed.tenant.lifetimeSeconds)}\n${sentText(paint, changed.sent)}`,
  });
}
