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
import { createAndRemember, renderTokens, tokensData } from './guest-tokens.ts';
import { metadataSize, metadataSizeData, renderMetadataSize } from './metadata-meter.ts';
import { addTokenRequestOptions, readTokenInput, type TokenRequestOptions, withSecret } from './options.ts';

export interface TokenCreateOptions extends TokenRequestOptions {
  readonly userId?: string;
}

export function tokenCreateCommand(context: Context, run = createAndShow): Command {
  const command = addTokenRequestOptions(
    new Command('create').description('create a guest session and show both its tokens, decoded'),
  )
    .option('--user-id <id>', 'the guest id to use instead of a new one')
    .action((options: TokenCreateOptions) => run(context, options));
  return withExample(
    command,
    'token create --meta language=en',
    'In a script: TOKEN=$(anon-cli token create --field access_token)\n' +
      'The value of --meta note=@file is read from the file, of note=- from stdin;\n' +
      '\\@ and \\- at its start are the character itself.',
  );
}

async function createAndShow(context: Context, options: TokenCreateOptions): Promise<void> {
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
        ...metadataSizeData(metadataSize(inspected, metadata)),
        app: { client_id: app.clientId, name: app.name },
        api: { audience: api.audience, name: api.name },
      },
      human: (paint) =>
        `${paint.green('✔')} Guest session of ${printable(app.name)} at ${printable(api.name)}\n` +
        `${renderMetadataSize(paint, metadataSize(inspected, metadata))}\n` +
        `${renderTokens(paint, inspected)}\n` +
        paint.dim(
          `Next: anon-cli token update${tenant.edition === 'ea' ? '' : ' --meta language=en'}${tenant.selection}\n`,
        ),
    }),
  );
}
