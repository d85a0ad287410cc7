import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { type CreationOutcome, createAndSave } from '../../../domain/session/create.ts';
import type { DecodedTokens } from '../../../domain/session/decoded-tokens.ts';
import { checkCreation } from '../../../domain/session/edition-limits.ts';
import { showTokens } from '../../../domain/session/received-tokens.ts';
import { tokenRequest } from '../../../domain/session/token-request.ts';
import { bulkOptions, readBulk } from '../../input/bulk-options.ts';
import { checkSaveOptions, noSaveOption, type SaveOptions, saveAs, tokenPorts } from '../../input/session-options.ts';
import {
  readRequestInput,
  requestOptions,
  type TokenRequestOptions,
  tokenRequestOptions,
} from '../../input/token-request.ts';
import { printResult } from '../../output/output.ts';
import {
  metadataSize,
  metadataSizeData,
  renderMetadataSize,
  renderTokens,
  tokensData,
} from '../../render/guest-tokens.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant, requestedAppAndApi } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

export const tokenCreateCommand = defineCommand({
  description: 'create a guest session and show both tokens, decoded',
  options: {
    ...tokenRequestOptions,
    '--user-id <id>': 'use this guest id, not a new one',
    '--session <name>': 'save the session under this name',
    ...noSaveOption,
    ...bulkOptions,
    '--replace': 'replace the session that has this name',
  },
  calls: 'tenant',
  result: 'access token',
  examples: ['token create --meta language=en', 'token create --count 3'],
  notes: `Without --session, the session is saved as default and replaces the previous one. Named sessions stay until you remove them with session forget. The newest session is the current one.

In a script: TOKEN=$(anon-cli token create --field access_token)

--meta note=@file reads the value from a file, and note=- from stdin, without trailing line breaks; \\@ and \\- stand for @ and - themselves.

With --count, each guest is a line of JSON with its number n, in the order in which the answers arrive; no guest is saved in the profile. --meta-file then has one JSON object per line. Ctrl-C lets requests in progress finish; --resume continues without gaps or duplicates. A guest whose answer is lost is created again, so the tenant may have an extra guest.`,
  async run(context, _args, options) {
    const bulk = readBulk(options);
    if (!bulk) return createOne(context, options);
    const { createManyGuests } = await import('./create-many.ts');
    return createManyGuests(context, options, bulk);
  },
});

type CreateOptions = TokenRequestOptions & SaveOptions & { readonly userId?: string; readonly replace?: true };

async function createOne(context: Context, options: CreateOptions): Promise<void> {
  checkSaveOptions(options);
  const input = await readRequestInput(context, options);
  const { tenant, profile } = await accessTenant(context, options);
  const { metadata } = input;
  const { userId, strict } = options;
  const as = await saveAs(context, profile, options);
  await checkCreation(tenant, { metadata, userId });
  const wanted = requestOptions({ ...options, ...requestedAppAndApi(context, options) }, input);
  const request = { ...(await tokenRequest(tenant, wanted, profile)), userId };
  const { app, api } = request;
  const created = await createAndSave(tokenPorts(context, tenant), tenant, request, as);
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

/** Edition `ea` sets metadata once. An unknown edition shows in the answer: only `ea` reports when the session ends. */
function nextText({ edition, selection }: TenantConnection, { tokens }: DecodedTokens): string {
  const isPreview = edition === undefined ? tokens.sessionExpiresInSeconds === undefined : edition === 'preview';
  return `Next: anon-cli token update${isPreview ? ' --meta language=en' : ''}${printable(selection)}`;
}
