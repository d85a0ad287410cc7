import { findApiWithGrants } from '../../../domain/api/find.ts';
import { planApiDeletion } from '../../../domain/api/lifecycle.ts';
import { grantsData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant/access.ts';
import { removeDefault } from '../../tenant/profile-defaults.ts';
import { changeTenant, writeOptions } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';

export const apiDeleteCommand = defineCommand({
  description: 'delete an API and the guest grants for it',
  args: { '<api>': 'its name, audience or id' },
  options: writeOptions,
  calls: 'tenant',
  examples: ['api delete news --dry-run'],
  notes: "Asks for confirmation; pass --yes in a script. Guests' tokens work until they expire.",
  async run(context, { api: reference }, options) {
    const plan = async ({ tenant }: Access) => ({ plan: planApiDeletion(await findApiWithGrants(tenant, reference)) });
    const { outcome, access } = await changeTenant(context, options, plan, {
      deletes: true,
      headline: ({ name }) => `Deleted API ${printable(name)}`,
      data: ({ id, name, audience, grants }) => ({
        id,
        name,
        audience,
        deleted: options.dryRun !== true,
        guest_grants: grantsData(grants),
      }),
    });
    if (options.dryRun || access.profile.api?.audience !== outcome.audience) return;
    await removeDefault(context, access.profile, 'api');
  },
});
