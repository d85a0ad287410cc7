import { Command } from 'commander';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { type CreationOutcome, createAndSave } from '../../../domain/session/create.ts';
import type { DecodedTokens } from '../../../domain/session/decoded-tokens.ts';
import { checkCreation } from '../../../domain/session/edition-limits.ts';
import { tokenRequest } from '../../../domain/session/token-request.ts';
import { withExample } from '../../options/example.ts';
import { printResult } from '../../output/output.ts';
import {
  metadataSize,
  metadataSizeData,
  renderMetadataSize,
  renderTokens,
  tokensData,
} from '../../render/guest-tokens.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant, namedChoices } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { addBulkOptions, type BulkOptions, readBulk } from './bulk-options.ts';
import { addTokenRequestOptions, readTokenInput, requestOptions, type TokenRequestOptions } from './options.ts';
import { addSaveOptions, checkSaveOptions, type SaveOptions, saveAs, tokenPorts } from './session-options.ts';
import { showTokens } from './show-tokens.ts';

export interface TokenCreateOptions extends TokenRequestOptions, SaveOptions, BulkOptions {
  readonly userId?: string;
  readonly replace?: true;
}

export function tokenCreateCommand(context: Context, run = createAndShow): Command {
  const command = addBulkOptions(
    addSaveOptions(
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
  checkSaveOptions(options);
  const input = await readTokenInput(context, options);
  const { tenant, profile } = await accessTenant(context, options);
  const { metadata } = input;
  const { userId, strict } = options;
  const as = await saveAs(context, profile, options);
  await checkCreation(tenant, { metadata, userId });
  const wanted = requestOptions({ ...options, ...namedChoices(context, options) }, input);
  const request = { ...(await tokenRequest(tenant, wanted, profile)), userId };
  const { app, api } = request;
  const created = await createAndSave(tokenPorts(context), tenant, request, as);
  await showTokens(context, { tenant, strict }, created, (decoded) => {
    const size = metadataSize(decoded, metadata);
    printResult(context, options, {
      data: {
        ...tokensData(decoded),
        ...metadataSizeData(size),
        app: { client_id: app.clientId, name: app.name },
        api: { audience: api.audience, name: api.name },
        session_name: created.saved?.name ?? null,
      },
      human: (paint) =>
        `${paint.green('✔')} Guest session of ${printable(app.name)} for ${printable(api.name)}\n` +
        `${renderMetadataSize(paint, size)}\n` +
        `${renderTokens(paint, decoded)}\n` +
        paint.dim(`${savedText(created)}${nextText(tenant, decoded)}\n`),
    });
  });
}

function savedText({ saved }: CreationOutcome): string {
  if (!saved) return '';
  const { name, replaced } = saved;
  const guest = printable(replaced?.guestId ?? 'unknown');
  return `Saved as session ${name}${replaced ? `, replacing guest ${guest}` : ''}\n`;
}

/** Edition `ea` sets metadata once. Where the edition is not known, only `ea` reports when the session ends. */
function nextText({ edition, selection }: TenantConnection, { tokens }: DecodedTokens): string {
  const isPreview = edition === undefined ? tokens.sessionExpiresInSeconds === undefined : edition === 'preview';
  return `Next: anon-cli token update${isPreview ? ' --meta language=en' : ''}${printable(selection)}`;
}
