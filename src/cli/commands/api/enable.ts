import { Command } from 'commander';
import type { ApiWithGrants } from '../../../domain/api/api.ts';
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
import { withExample } from '../../options/example.ts';
import { scopeList } from '../../options/scopes.ts';
import { apiData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import { accessToWrite, addWriteOptions, type WriteOptions, writeAndShow } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { grantHolder } from './grant-holder.ts';

export interface ApiEnableOptions extends WriteOptions {
  readonly app?: string;
  readonly scopes?: string;
  readonly tokenLifetime?: string;
}

export function apiEnableCommand(context: Context, run = enableApi): Command {
  const command = addWriteOptions(
    new Command('enable')
      .description('let guests into an API, with these scopes beside those they have')
      .argument('<api>', 'its name, audience or id')
      .option('--app <app>', 'whose guests get the scopes: name or client id (edition ea)')
      .option('--scopes <list>', 'the scopes guests get, joined by commas; left out: those they have')
      .option('--token-lifetime <duration>', "how long a guest's access token lives: 1d, 12h, 3600"),
  ).action((api: string, options: ApiEnableOptions) => run(context, api, options));
  return withExample(
    command,
    'api enable shop --scopes read:catalog --token-lifetime 1d',
    'Scopes that guests have stay; to take some away: anon-cli api scopes remove.',
  );
}

async function enableApi(context: Context, reference: string, options: ApiEnableOptions): Promise<void> {
  const { tokenLifetime } = options;
  const tokenLifetimeSeconds = tokenLifetime === undefined ? undefined : parseGuestTokenLifetime(tokenLifetime);
  const access = await accessToWrite(context, options);
  const edition = await editionOf(access.tenant);
  if (tokenLifetimeSeconds !== undefined) checkGuestTokenLifetime(edition, tokenLifetimeSeconds, tokenLifetime);
  const mayBeRefused = tokenLifetimeSeconds && guestTokenLifetimeWarning(edition, tokenLifetimeSeconds);
  if (mayBeRefused) context.warn(mayBeRefused);
  const scopes = scopeList(options.scopes ?? '');
  const look = async () => {
    const before = await apiWithGrants(access.tenant, await findApi(access.tenant, reference));
    const app = await grantHolder(context, access, options);
    if (options.scopes === undefined) checkSomeScopes(before, app?.clientId);
    return { app, plan: await planApiOpening(access.tenant, before, { app, scopes, tokenLifetimeSeconds }) };
  };
  await writeAndShow(context, options, access, look, {
    data: (api) => apiData(api),
    headline: (api, _paint, { app }) => {
      const granted = printable(guestScopes(api, app?.clientId ?? '').join(' ')) || 'no scopes';
      const whose = app ? `guests of ${printable(app.name)}` : 'guests';
      const life = describeTokenLifetime(api.guests.tokenLifetimeSeconds);
      return `${printable(api.name)} takes ${whose}: ${granted}, access tokens for ${life}`;
    },
  });
}

/** Guests are never given scopes that nobody named. */
function checkSomeScopes(api: ApiWithGrants, clientId = ''): void {
  if (guestScopes(api, clientId).length === 0) throw noScopesGiven(api);
}
