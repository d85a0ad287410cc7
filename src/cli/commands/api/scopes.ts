import { findApiWithGrants } from '../../../domain/api/find.ts';
import { planGuestScopes } from '../../../domain/api/set-access.ts';
import { scopeList } from '../../options/parse.ts';
import { apiData, guestScopesText } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant/access.ts';
import { grantHolder } from '../../tenant/holder.ts';
import { changeTenant, type WriteOptions, writeOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

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
