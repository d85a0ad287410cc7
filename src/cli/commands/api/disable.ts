import { Command } from 'commander';
import type { ApiWithGrants } from '../../../domain/api/api.ts';
import { findApi } from '../../../domain/api/find.ts';
import { anyGuestScopes, apiWithGrants } from '../../../domain/api/guest-grants.ts';
import { planApiClosing } from '../../../domain/api/set-access.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { withExample } from '../../options/example.ts';
import { apiData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import { accessToWrite, addWriteOptions, type WriteOptions, writeAndShow } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';

export interface ApiDisableOptions extends WriteOptions {
  readonly revokeGrants?: true;
}

export function apiDisableCommand(context: Context, run = disableApi): Command {
  const command = addWriteOptions(
    new Command('disable')
      .description('close an API to guests')
      .argument('<api>', 'its name, audience or id')
      .option('--revoke-grants', 'take away the scopes too that guests had'),
  ).action((api: string, options: ApiDisableOptions) => run(context, api, options));
  return withExample(
    command,
    'api disable shop',
    'Access tokens that guests already have live on until they expire. What guests\nwere granted stays for when it is enabled again, unless you say --revoke-grants.',
  );
}

async function disableApi(context: Context, reference: string, options: ApiDisableOptions): Promise<void> {
  const access = await accessToWrite(context, options);
  const look = async () => {
    const before = await apiWithGrants(access.tenant, await findApi(access.tenant, reference));
    return { plan: await planApiClosing(access.tenant, before, { revoke: options.revokeGrants === true }) };
  };
  await writeAndShow(context, options, access, look, {
    data: apiData,
    headline: (api, paint) => {
      const left = leftText(api, access.tenant.selection);
      return `${printable(api.name)} no longer takes guests${left && `\n${paint.dim(`  ${left}`)}`}`;
    },
  });
}

/** What is still there, and would count again. */
function leftText(api: ApiWithGrants, selection: string): string {
  const scopes = anyGuestScopes(api);
  if (scopes.length === 0) return '';
  const clientGrants = api.grants.filter(({ id }) => id !== undefined).length;
  const where = clientGrants > 0 ? ` in ${clientGrants} client grant${clientGrants === 1 ? '' : 's'}` : '';
  const command = `anon-cli api disable ${shellWord(api.name)} --revoke-grants${selection}`;
  return `left${where}, and back when it is enabled: ${printable(scopes.join(' '))}\n  to remove: ${printable(command)}`;
}
