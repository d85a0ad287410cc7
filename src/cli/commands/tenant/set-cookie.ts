import { Command } from 'commander';
import { planTenantChange } from '../../../domain/tenant/settings.ts';
import { withExample } from '../../options/example.ts';
import { onOrOff } from '../../options/parse.ts';
import { tenantData } from '../../render/tenant.ts';
import { accessToWrite, addWriteOptions, type WriteOptions, writeAndShow } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';

export function tenantSetCookieCommand(context: Context, run = setCookie): Command {
  const command = addWriteOptions(
    new Command('set-cookie')
      .description('set whether browsers get the session as a cookie too')
      .argument('<on|off>', 'on, or off'),
  ).action((state: string, options: WriteOptions) => run(context, state, options));
  return withExample(command, 'tenant set-cookie off --dry-run', 'Only edition ea has the cookie, auth0_anon.');
}

async function setCookie(context: Context, state: string, options: WriteOptions): Promise<void> {
  const cookie = onOrOff(state);
  const access = await accessToWrite(context, options);
  const look = async () => ({ plan: await planTenantChange(access.tenant, { cookie }) });
  await writeAndShow(context, options, access, look, {
    data: tenantData,
    headline: (tenant) => `Session cookie: ${tenant.cookie ? 'on' : 'off'}`,
  });
}
