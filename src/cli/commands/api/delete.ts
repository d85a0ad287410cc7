import { Command } from 'commander';
import type { ApiWithGrants } from '../../../domain/api/api.ts';
import { findApi } from '../../../domain/api/find.ts';
import { apiWithGrants } from '../../../domain/api/guest-grants.ts';
import { planApiDeletion } from '../../../domain/api/lifecycle.ts';
import { withExample } from '../../options/example.ts';
import { grantsData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import {
  accessToWrite,
  addWriteOptions,
  confirmDeletion,
  type WriteOptions,
  writeAndShow,
} from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';

export function apiDeleteCommand(context: Context, run = deleteApi): Command {
  const command = addWriteOptions(
    new Command('delete')
      .description('delete an API, and the guest grants for it')
      .argument('<api>', 'its name, audience or id'),
  ).action((api: string, options: WriteOptions) => run(context, api, options));
  return withExample(
    command,
    'api delete news --dry-run',
    'It asks first; in a script: --yes. Tokens that guests already have live on\nuntil they expire.',
  );
}

async function deleteApi(context: Context, reference: string, options: WriteOptions): Promise<void> {
  const access = await accessToWrite(context, options);
  const look = async () => ({
    plan: planApiDeletion(await apiWithGrants(access.tenant, await findApi(access.tenant, reference))),
  });
  const shown = {
    data: ({ id, name, audience, grants }: ApiWithGrants) => ({
      id,
      name,
      audience,
      deleted: options.dryRun !== true,
      guest_grants: grantsData(grants),
    }),
    headline: ({ name }: ApiWithGrants) => `Deleted API ${printable(name)}`,
  };
  const { audience } = await writeAndShow(context, options, access, look, shown, confirmDeletion(context, access));
  if (options.dryRun || access.profile.adHoc || access.profile.api?.audience !== audience) return;
  await (await context.profiles()).change(access.profile.name, (before) => before && { ...before, api: undefined });
}
