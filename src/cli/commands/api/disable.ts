import type { ApiWithGrants } from '../../../domain/api/api.ts';
import { findApi } from '../../../domain/api/find.ts';
import { anyGuestScopes, apiWithGrants } from '../../../domain/api/guest-grants.ts';
import { planApiClosing } from '../../../domain/api/set-access.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { apiData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import { accessToWrite, writeAndShow, writeOptions } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';

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
    const access = await accessToWrite(context, options);
    const look = async () => {
      const before = await apiWithGrants(access.tenant, await findApi(access.tenant, reference));
      return { plan: await planApiClosing(access.tenant, before, { revoke: options.revokeGrants === true }) };
    };
    await writeAndShow(context, options, access, look, {
      data: apiData,
      headline: (api, paint) => {
        const left = scopesLeft(api, access.tenant.selection);
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
