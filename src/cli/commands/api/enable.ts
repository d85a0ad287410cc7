import { Command } from 'commander';
import type { Api } from '../../../domain/api/api.ts';
import { findApi } from '../../../domain/api/find.ts';
import { setGuestAccess } from '../../../domain/api/set-guest-access.ts';
import { describeLifetime, parseGuestTokenLifetime } from '../../../domain/duration.ts';
import { AnonError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { apiData } from '../../render/api.ts';
import { printable } from '../../render/printable.ts';
import { sentData, sentText } from '../../render/sent.ts';
import { scopeList } from '../../scope-list.ts';
import { accessTenant } from '../../tenant-access.ts';

export interface ApiEnableOptions extends GlobalOptions {
  readonly scopes?: string;
  readonly tokenLifetime?: string;
}

export function apiEnableCommand(context: Context, run = enableApi): Command {
  const command = new Command('enable')
    .description('let guests into an API, with just these scopes')
    .argument('<api>', 'its name, audience or id')
    .option('--scopes <list>', 'the scopes guests get, joined by commas; left out: those they had')
    .option('--token-lifetime <duration>', "how long a guest's access token lives: 1d, 12h, 3600")
    .action((api: string, options: ApiEnableOptions) => run(context, api, options));
  return withExample(command, 'api enable shop --scopes read:catalog --token-lifetime 1d');
}

async function enableApi(context: Context, reference: string, options: ApiEnableOptions): Promise<void> {
  const { tokenLifetime } = options;
  const tokenLifetimeSeconds = tokenLifetime === undefined ? undefined : parseGuestTokenLifetime(tokenLifetime);
  const { tenant } = await accessTenant(context, options);
  const before = await findApi(tenant, reference);
  const scopes = options.scopes === undefined ? keptScopes(before) : scopeList(options.scopes);
  const { api, sent } = await setGuestAccess(tenant, before, { enabled: true, scopes, tokenLifetimeSeconds });
  printResult(context, options, {
    data: { ...apiData(api), sent: sentData(sent) },
    human: (paint) => {
      const name = printable(api.name);
      const granted = printable(api.guests.scopes.join(' ')) || 'no scopes';
      const life = describeLifetime(api.guests.tokenLifetimeSeconds);
      return `${paint.green('✔')} ${name} takes guests: ${granted}, access tokens for ${life}\n${sentText(paint, sent)}`;
    },
  });
}

/** Guests are never given scopes that nobody named. */
function keptScopes(api: Api): readonly string[] {
  if (api.guests.scopes.length > 0) return api.guests.scopes;
  throw new AnonError('usage', `Which scopes shall guests of '${api.name}' get?`, {
    hint: `Name some of ${api.scopes.map(({ value }) => value).join(', ') || '(it defines none)'}: --scopes <list>`,
  });
}
