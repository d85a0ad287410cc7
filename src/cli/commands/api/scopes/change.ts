import { findApi } from '../../../../domain/api/find.ts';
import { apiWithGrants, guestScopes } from '../../../../domain/api/guest-grants.ts';
import { planGuestScopes } from '../../../../domain/api/set-access.ts';
import { scopeList } from '../../../options/parse.ts';
import { apiData } from '../../../render/api.ts';
import { printable } from '../../../render/printable.ts';
import { accessToWrite, type WriteOptions, writeAndShow } from '../../../tenant/write.ts';
import type { Context } from '../../../world/context.ts';
import { grantHolder } from '../grant-holder.ts';

export interface ApiScopesOptions extends WriteOptions {
  readonly app?: string;
}

/** What `api scopes add` and `api scopes remove` do. */
export async function changeScopes(
  context: Context,
  reference: string,
  { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] },
  options: ApiScopesOptions,
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
      return `Guests${app ? ` of ${printable(app.name)}` : ''} get at ${printable(api.name)}: ${scopes}`;
    },
  });
}
