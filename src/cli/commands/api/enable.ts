import { findApiWithGrants } from '../../../domain/api/find.ts';
import { checkTokenLifetime, planApiOpening } from '../../../domain/api/set-access.ts';
import { parseGuestTokenLifetime } from '../../../domain/lifetime.ts';
import { scopeList } from '../../options/parse.ts';
import { apiData, enabledText } from '../../render/api.ts';
import type { Access } from '../../tenant/access.ts';
import { grantHolder } from '../../tenant/holder.ts';
import { changeTenant, writeOptions } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';

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
    const scopes = options.scopes === undefined ? undefined : scopeList(options.scopes);
    const { tokenLifetime } = options;
    const tokenLifetimeSeconds = tokenLifetime === undefined ? undefined : parseGuestTokenLifetime(tokenLifetime);
    const plan = async (access: Access) => {
      const { tenant } = access;
      if (tokenLifetime !== undefined && tokenLifetimeSeconds !== undefined) {
        const warning = await checkTokenLifetime(tenant, tokenLifetimeSeconds, tokenLifetime);
        if (warning) context.warn(warning);
      }
      const before = await findApiWithGrants(tenant, reference);
      const app = await grantHolder(context, access, options);
      return { app, plan: await planApiOpening(tenant, before, { app, scopes, tokenLifetimeSeconds }) };
    };
    await changeTenant(context, options, plan, {
      data: (api) => apiData(api),
      headline: (api, _paint, { app }) => enabledText(api, app),
    });
  },
});
