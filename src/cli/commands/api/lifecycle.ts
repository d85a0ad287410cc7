import { findApiWithGrants } from '../../../domain/api/find.ts';
import { checkNameIsFree, planApiCreation, planApiDeletion } from '../../../domain/api/lifecycle.ts';
import { scopeList } from '../../options/parse.ts';
import { apiData, grantsData, renderApi } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant/access.ts';
import { removeDefault } from '../../tenant/profile-defaults.ts';
import { changeTenant, writeOptions } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';

export const apiCreateCommand = defineCommand({
  description: 'create an API, closed to guests',
  args: { '<name>': 'its name' },
  options: {
    '--audience <uri>': {
      description: "its identifier and the aud of its tokens; can't be changed later",
      required: true,
    },
    '--scopes <list>': 'the scopes it defines, joined by commas',
    '--allow-duplicate': 'create it even if an API has this name',
    ...writeOptions,
  },
  calls: 'tenant',
  examples: ['api create news --audience https://news.example --scopes read:news'],
  async run(context, { name }, options) {
    const scopes = scopeList(options.scopes ?? '');
    const plan = async ({ tenant }: Access) => {
      if (!options.allowDuplicate) await checkNameIsFree(tenant, name);
      return { plan: await planApiCreation(tenant, { name, audience: options.audience, scopes }) };
    };
    await changeTenant(context, options, plan, {
      data: (api) => apiData({ ...api, grants: [] }),
      headline: (api, paint) => `Created API ${renderApi(paint, { ...api, grants: [] }).trimEnd()}`,
    });
  },
});

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
