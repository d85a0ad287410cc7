import { Command } from 'commander';
import { chooseApi } from '../../../domain/api/choose.ts';
import { chooseRequestingApp } from '../../../domain/app/choose.ts';
import { checkCreation } from '../../../domain/session/edition-limits.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import { printResult } from '../../output.ts';
import { printable } from '../../render/printable.ts';
import { scopeText } from '../../scope-list.ts';
import { accessTenant, namedChoices } from '../../tenant-access.ts';
import { addBulkOptions, type BulkOptions, readBulk } from './bulk-options.ts';
import { createAndRemember, renderTokens, tokensData } from './guest-tokens.ts';
import { addTokenRequestOptions, readTokenInput, type TokenRequestOptions, withSecret } from './options.ts';

export interface TokenCreateOptions extends TokenRequestOptions, BulkOptions {
  readonly userId?: string;
}

export function tokenCreateCommand(context: Context, run = createAndShow): Command {
  const command = addBulkOptions(
    addTokenRequestOptions(
      new Command('create').description('create a guest session and show both its tokens, decoded'),
    ),
  )
    .option('--user-id <id>', 'the guest id to use instead of a new one')
    .action((options: TokenCreateOptions) => run(context, options));
  return withExample(
    command,
    'token create --meta language=en',
    `In a script: TOKEN=$(anon-cli token create --field access_token)

With --count every guest is a line of JSON with its number n, as they come; none
is remembered as the profile's. A --meta-file then has a line of JSON for each.
Ctrl-C finishes what is under way; --resume goes on without a gap or a double.
A guest whose answer is lost is made again: the first may be at the service.`,
  );
}

async function createAndShow(context: Context, options: TokenCreateOptions): Promise<void> {
  const bulk = readBulk(options);
  if (bulk) {
    const { createManyGuests } = await import('./create-many.ts');
    return createManyGuests(context, options, bulk);
  }
  const { metadata, clientSecret } = await readTokenInput(context, options);
  const { tenant, profile } = await accessTenant(context, options);
  await checkCreation(tenant, { metadata, userId: options.userId });
  const named = namedChoices(context, options);
  const app = await chooseRequestingApp(tenant, { named: named.app, chosen: profile.app });
  const api = await chooseApi(tenant, { named: named.api, chosen: profile.api });
  const request = {
    app: withSecret(app, clientSecret),
    api,
    scope: scopeText(options.scope),
    metadata,
    userId: options.userId,
  };
  await createAndRemember(context, { tenant, profile }, request, (inspected) =>
    printResult(context, options, {
      data: {
        ...tokensData(inspected),
        app: { client_id: app.clientId, name: app.name },
        api: { audience: api.audience, name: api.name },
      },
      human: (paint) =>
        `${paint.green('✔')} Guest session of ${printable(app.name)} at ${printable(api.name)}\n\n` +
        `${renderTokens(paint, inspected)}\n` +
        paint.dim(
          `Next: anon-cli token update${tenant.edition === 'ea' ? '' : ' --meta language=en'}${tenant.selection}\n`,
        ),
    }),
  );
}
