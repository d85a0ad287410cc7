import type { ApiWithGrants } from '../../../domain/api/api.ts';
import { findApi } from '../../../domain/api/find.ts';
import { apiWithGrants } from '../../../domain/api/guest-grants.ts';
import { planApiDeletion } from '../../../domain/api/lifecycle.ts';
import { grantsData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import { accessToWrite, confirmDeletion, writeAndShow, writeOptions } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';

export const apiDeleteCommand = defineCommand({
  description: 'delete an API and the guest grants for it',
  args: { '<api>': 'its name, audience or id' },
  options: writeOptions,
  calls: 'tenant',
  examples: ['api delete news --dry-run'],
  notes: "Asks for confirmation; pass --yes in a script. Guests' tokens work until they expire.",
  async run(context, { api: reference }, options) {
    const access = await accessToWrite(context, options);
    const look = async () => ({
      plan: planApiDeletion(await apiWithGrants(access.tenant, await findApi(access.tenant, reference))),
    });
    const shown = {
      headline: ({ name }: ApiWithGrants) => `Deleted API ${printable(name)}`,
      data: ({ id, name, audience, grants }: ApiWithGrants) => ({
        id,
        name,
        audience,
        deleted: options.dryRun !== true,
        guest_grants: grantsData(grants),
      }),
    };
    const { audience } = await writeAndShow(context, options, access, look, shown, confirmDeletion(context, access));
    if (options.dryRun || access.profile.adHoc || access.profile.api?.audience !== audience) return;
    await (await context.profiles()).change(access.profile.name, (before) => before && { ...before, api: undefined });
  },
});
