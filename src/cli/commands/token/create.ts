import { Command } from 'commander';
import { checkCreation } from '../../../domain/session/edition-limits.ts';
import { withExample } from '../../options/example.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant, requestedAppAndApi } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { addBulkOptions, type BulkOptions, readBulk } from './bulk-options.ts';
import { createAndRemember, type Kept, renderTokens, tokensData } from './guest-tokens.ts';
import { addKeepOptions, checkKeepOptions, type KeepOptions, keepingOf } from './keeping.ts';
import { metadataSize, metadataSizeData, renderMetadataSize } from './metadata-meter.ts';
import { addTokenRequestOptions, readTokenInput, type TokenRequestOptions } from './options.ts';
import { tokenRequest } from './token-request.ts';

export interface TokenCreateOptions extends TokenRequestOptions, KeepOptions, BulkOptions {
  readonly userId?: string;
  readonly replace?: true;
}

export function tokenCreateCommand(context: Context, run = createAndShow): Command {
  const command = addBulkOptions(
    addKeepOptions(
      addTokenRequestOptions(
        new Command('create').description('create a guest session and show both its tokens, decoded'),
      ).option('--user-id <id>', 'the guest id to use instead of a new one'),
      'keep it by this name; see anon-cli session list',
    ),
  )
    .option('--replace', 'take the place of the session that has this name')
    .action((options: TokenCreateOptions) => run(context, options));
  return withExample(
    command,
    'token create --meta language=en',
    `A session without a name is kept as default, in place of the one before it;
those with a name stay until session forget. The last created is the current.
In a script: TOKEN=$(anon-cli token create --field access_token)
The value of --meta note=@file is read from the file, of note=- from stdin,
without the line breaks at its end; \\@ and \\- are the character itself.

With --count every guest is a line of JSON with its number n, as they come; none
is kept. A --meta-file then has a line of JSON for each. Ctrl-C finishes what is
under way; --resume goes on without a gap or a double. A guest whose answer is
lost is made again: the first may be at the service.`,
  );
}

async function createAndShow(context: Context, options: TokenCreateOptions): Promise<void> {
  const bulk = readBulk(options);
  if (bulk) {
    const { createManyGuests } = await import('./create-many.ts');
    return createManyGuests(context, options, bulk);
  }
  checkKeepOptions(options);
  const input = await readTokenInput(context, options);
  const { tenant, profile } = await accessTenant(context, options);
  const keeping = await keepingOf(context, profile, options);
  await checkCreation(tenant, { metadata: input.metadata, userId: options.userId });
  const choices = { named: requestedAppAndApi(context, options), chosen: profile };
  const request = { ...(await tokenRequest(tenant, choices, { options, input })), userId: options.userId };
  const { app, api } = request;
  await createAndRemember(
    context,
    { tenant, profile },
    { request, keeping, strict: options.strict },
    (inspected, kept) =>
      printResult(context, options, {
        data: {
          ...tokensData(inspected),
          ...metadataSizeData(metadataSize(inspected, input.metadata)),
          app: { client_id: app.clientId, name: app.name },
          api: { audience: api.audience, name: api.name },
          session_name: kept?.name ?? null,
        },
        human: (paint) =>
          `${paint.green('✔')} Guest session of ${printable(app.name)} at ${printable(api.name)}\n` +
          `${renderMetadataSize(paint, metadataSize(inspected, input.metadata))}\n` +
          `${renderTokens(paint, inspected)}\n` +
          paint.dim(
            `${keptText(kept)}Next: anon-cli token update${tenant.edition === 'ea' ? '' : ' --meta language=en'}${printable(tenant.selection)}\n`,
          ),
      }),
  );
}

function keptText(kept: Kept | undefined): string {
  if (!kept) return '';
  const { name, inPlaceOf } = kept;
  return `Kept as session ${name}${inPlaceOf ? `, in place of guest ${printable(inPlaceOf.guestId ?? 'unknown')}` : ''}\n`;
}
