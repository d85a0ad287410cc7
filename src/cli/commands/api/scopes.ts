import { findApi } from '../../../domain/api/find.ts';
import { apiWithGrants, guestScopes } from '../../../domain/api/guest-grants.ts';
import { planGuestScopes } from '../../../domain/api/set-access.ts';
import { scopeList } from '../../options/parse.ts';
import { apiData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import { accessToWrite, type WriteOptions, writeAndShow, writeOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { grantHolder } from './grant-holder.ts';

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
  const access = await accessToWrite(context, options);
  const change = { add: scopeList(add.join(' ')), remove: scopeList(remove.join(' ')) };
  const look = async () => {
    const before = await apiWithGrants(access.tenant, await findApi(access.tenant, reference));
    const app = await grantHolder(context, access, options);
    return { app, plan: await planGuestScopes(access.tenant, before, { app, ...change }) };
  };
  await writeAndShow(context, options, access, look, {
    data: (api) => apiData(api),
    headline: (api, _paint, { app }) => {
      const scopes = printable(guestScopes(api, app?.clientId ?? '').join(' ')) || 'no scopes';
      return `${printable(api.name)} gives guests${app ? ` of ${printable(app.name)}` : ''}: ${scopes}`;
    },
  });
}
