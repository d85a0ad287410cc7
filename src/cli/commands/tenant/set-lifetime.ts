import { Command } from 'commander';
import { parseSessionLifetime, sessionLifetimeWarning } from '../../../domain/duration.ts';
import { planTenantChange } from '../../../domain/tenant/settings.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import { withExample } from '../../options/example.ts';
import { lifetimeText, tenantData } from '../../render/tenant.ts';
import { accessToWrite, addWriteOptions, type WriteOptions, writeAndShow } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';

export function tenantSetLifetimeCommand(context: Context, run = setLifetime): Command {
  const command = addWriteOptions(
    new Command('set-lifetime')
      .description('set how long guest sessions live')
      .argument('<duration>', "45s, 90m, 12h, 30d, 1y, a number of seconds, or 'never'"),
  ).action((duration: string, options: WriteOptions) => run(context, duration, options));
  return withExample(
    command,
    'tenant set-lifetime 30d',
    "30 days or longer is recommended; at most 1 year. Edition ea counts whole\nminutes and has no 'never'.",
  );
}

async function setLifetime(context: Context, duration: string, options: WriteOptions): Promise<void> {
  const access = await accessToWrite(context, options);
  const { edition } = access.tenant;
  const lifetimeSeconds = parseSessionLifetime(duration, edition && editionNamed(edition));
  const warning = sessionLifetimeWarning(lifetimeSeconds);
  if (warning) context.warn(warning);
  const look = async () => ({
    plan: await planTenantChange(access.tenant, { lifetimeSeconds }, { lifetime: duration }),
  });
  await writeAndShow(context, options, access, look, {
    data: tenantData,
    headline: (tenant) => `Session lifetime: ${lifetimeText(tenant.lifetimeSeconds)}`,
  });
}
