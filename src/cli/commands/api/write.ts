import type { ApiWithGrants } from '../../../domain/api/api.ts';
import { findApiWithGrants } from '../../../domain/api/find.ts';
import { anyGuestScopes } from '../../../domain/api/guest-grants.ts';
import { checkNameIsFree, planApiCreation, planApiDeletion } from '../../../domain/api/lifecycle.ts';
import { planApiClosing, planGuestScopes } from '../../../domain/api/set-access.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { neededScopes, scopeList } from '../../options/parse.ts';
import { apiData, grantsData, guestScopesText, renderApi } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant/access.ts';
import { grantHolder } from '../../tenant/holder.ts';
import { removeDefault } from '../../tenant/profile-defaults.ts';
import { changeTenant, type WriteOptions, writeOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
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

export const apiDisableCommand = defineCommand({
  description: 'close an API to guests',
  args: { '<api>': 'its name, audience or id' },
  options: {
    '--revoke-grants': "also revoke guests' scopes",
    ...writeOptions,
  },
  calls: 'tenant',
  examples: ['api disable shop', 'api disable shop --revoke-grants --dry-run'],
  notes: `Guests' access tokens work until they expire. Without --revoke-grants guests get their scopes back when the API \
is enabled again.`,
  async run(context, { api: reference }, options) {
    const plan = async ({ tenant }: Access) => {
      const before = await findApiWithGrants(tenant, reference);
      const revoke = options.revokeGrants === true;
      return { selection: tenant.selection, plan: await planApiClosing(tenant, before, { revoke }) };
    };
    await changeTenant(context, options, plan, {
      data: apiData,
      headline: (api, paint, { selection }) => {
        const left = scopesLeft(api, selection);
        return `${printable(api.name)} no longer accepts guests${left && `\n${paint.dim(`  ${left}`)}`}`;
      },
    });
  },
});

/** The scopes that guests get back when the API is enabled again. */
function scopesLeft(api: ApiWithGrants, selection: string): string {
  const scopes = anyGuestScopes(api);
  if (scopes.length === 0) return '';
  const clientGrants = api.grants.filter(({ id }) => id !== undefined).length;
  const where = clientGrants > 0 ? ` (in ${clientGrants} client grant${clientGrants === 1 ? '' : 's'})` : '';
  const command = `anon-cli api disable ${shellWord(api.name)} --revoke-grants${selection}`;
  return `guests get these scopes back when it is enabled again: ${printable(scopes.join(' '))}${where}\n  to revoke them: ${printable(command)}`;
}

export const apiScopesAddCommand = defineCommand({
  description: 'add scopes that guests get at an API',
  args: {
    '<api>': 'its name, audience or id',
    '<scopes...>': { description: 'scopes that the API defines', values: { live: 'scope' } },
  },
  options: {
    '--app <app>': 'whose guests get them: name or client id (edition ea)',
    ...writeOptions,
  },
  calls: 'tenant',
  examples: ['api scopes add shop write:cart'],
  run: (context, { api, scopes }, options) => changeScopes(context, api, { add: scopes, remove: [] }, options),
});

export const apiScopesRemoveCommand = defineCommand({
  description: 'remove scopes that guests get at an API',
  args: {
    '<api>': 'its name, audience or id',
    '<scopes...>': { description: 'scopes that guests have there', values: { live: 'scope' } },
  },
  options: {
    '--app <app>': 'whose guests lose them: name or client id (edition ea)',
    ...writeOptions,
  },
  calls: 'tenant',
  examples: ['api scopes remove shop write:cart'],
  notes: 'Access tokens that guests already have keep the scopes until they expire.',
  run: (context, { api, scopes }, options) => changeScopes(context, api, { add: [], remove: scopes }, options),
});

async function changeScopes(
  context: Context,
  reference: string,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
  options: WriteOptions & { readonly app?: string },
): Promise<void> {
  neededScopes([...add, ...remove].join(' '), 'The list of scopes');
  const change = { add: scopeList(add.join(' ')), remove: scopeList(remove.join(' ')) };
  const plan = async (access: Access) => {
    const before = await findApiWithGrants(access.tenant, reference);
    const app = await grantHolder(context, access, options);
    return { app, plan: await planGuestScopes(access.tenant, before, { app, ...change }) };
  };
  await changeTenant(context, options, plan, {
    data: (api) => apiData(api),
    headline: (api, _paint, { app }) =>
      `${printable(api.name)} gives guests${app ? ` of ${printable(app.name)}` : ''}: ${guestScopesText(api, app)}`,
  });
}
