import { findApi } from '../../../domain/api/find.ts';
import { apiWithGrants, guestScopes } from '../../../domain/api/guest-grants.ts';
import { noScopesGiven } from '../../../domain/api/scopes.ts';
import { planApiOpening } from '../../../domain/api/set-access.ts';
import {
  checkGuestTokenLifetime,
  describeTokenLifetime,
  guestTokenLifetimeWarning,
  parseGuestTokenLifetime,
} from '../../../domain/duration.ts';
import { editionOf } from '../../../domain/exchange/management/request.ts';
import { scopeList } from '../../options/parse.ts';
import { apiData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import { accessToWrite, writeAndShow, writeOptions } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';
import { grantHolder } from './grant-holder.ts';

export const apiEnableCommand = defineCommand({
  description: 'let guests use an API, and add to the scopes they get there',
  args: { '<api>': 'its name, audience or id' },
  options: {
    '--app <app>': 'whose guests get the scopes: name or client id (edition ea)',
    '--scopes <list>': {
      description: 'scopes to add, joined by commas (default: keep those they have)',
      values: { live: 'scope', list: true },
    },
    '--token-lifetime <duration>': "how long a guest's access token lives: 1d, 12h, 3600",
    ...writeOptions,
  },
  calls: 'tenant',
  examples: [
    'api enable shop --scopes read:catalog --token-lifetime 1d',
    'api enable shop --scopes read:catalog --dry-run',
  ],
  notes: 'Guests keep the scopes they have. To remove some: anon-cli api scopes remove',
  async run(context, { api: reference }, options) {
    const { scopes, tokenLifetime } = options;
    const tokenLifetimeSeconds = tokenLifetime === undefined ? undefined : parseGuestTokenLifetime(tokenLifetime);
    const access = await accessToWrite(context, options);
    const edition = await editionOf(access.tenant);
    if (tokenLifetimeSeconds !== undefined) {
      checkGuestTokenLifetime(edition, tokenLifetimeSeconds, tokenLifetime);
      const warning = guestTokenLifetimeWarning(edition, tokenLifetimeSeconds);
      if (warning) context.warn(warning);
    }
    const look = async () => {
      const before = await apiWithGrants(access.tenant, await findApi(access.tenant, reference));
      const app = await grantHolder(context, access, options);
      // Guests never get scopes that nobody named.
      if (scopes === undefined && guestScopes(before, app?.clientId ?? '').length === 0) throw noScopesGiven(before);
      const change = { app, scopes: scopeList(scopes ?? ''), tokenLifetimeSeconds };
      return { app, plan: await planApiOpening(access.tenant, before, change) };
    };
    await writeAndShow(context, options, access, look, {
      data: (api) => apiData(api),
      headline: (api, _paint, { app }) => {
        const granted = printable(guestScopes(api, app?.clientId ?? '').join(' ')) || 'no scopes';
        const whose = app ? `guests of ${printable(app.name)}` : 'guests';
        const life = describeTokenLifetime(api.guests.tokenLifetimeSeconds);
        return `${printable(api.name)} accepts ${whose}: ${granted}, access tokens live for ${life}`;
      },
    });
  },
});
