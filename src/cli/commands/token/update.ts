import { Command } from 'commander';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { AnonError } from '../../../errors.ts';
import { withExample } from '../../options/example.ts';
import { collect } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { relativeText } from '../../render/time.ts';
import { accessTenant, requestedAppAndApi } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { continueSession, updateWith } from './continue-session.ts';
import { type InspectedTokens, inspectAndShow, renderTokens, tokensData } from './guest-tokens.ts';
import { addKeepOptions, type KeepOptions } from './keeping.ts';
import { type Continued, keptSession, withKeptSession } from './kept-session.ts';
import { metadataSize, metadataSizeData, renderMetadataSize } from './metadata-meter.ts';
import { addTokenRequestOptions, readTokenInput, type TokenRequestOptions } from './options.ts';
import { replaceSession } from './replace-session.ts';

export interface TokenUpdateOptions extends TokenRequestOptions, KeepOptions {
  readonly unset?: string[];
  readonly sessionToken?: string;
  readonly replace?: true;
}

export function tokenUpdateCommand(context: Context, run = updateAndShow): Command {
  const command = addKeepOptions(
    addTokenRequestOptions(
      new Command('update').description('update the session: merge metadata, get new tokens'),
    ).option('--unset <key>', 'remove a top-level metadata key, repeatable', collect),
    'update this session, not the current one',
  )
    .option(
      '--session-token <->',
      "update one that is not saved: '-' reads its token from stdin, '@<file>' from a file",
    )
    .option('--replace', 'start a new session, of another guest, with the metadata of both')
    .action((options: TokenUpdateOptions) => run(context, options));
  return withExample(
    command,
    'token update --meta language=en --meta country=US',
    "Top-level keys are merged; a nested object is replaced whole. Edition ea sets\nmetadata once, at creation: there this renews the guest's access token, and new\nmetadata takes --replace.",
  );
}

async function updateAndShow(context: Context, options: TokenUpdateOptions): Promise<void> {
  checkTarget(options);
  const input = await readTokenInput(context, options);
  const { tenant, profile } = await accessTenant(context, options);
  const continuation = { tenant, options, input };
  if (input.sessionToken !== undefined) {
    const target = { named: requestedAppAndApi(context, options), chosen: profile, sessionToken: input.sessionToken };
    return show(context, options, { tenant, ...(await updateWith(continuation, target)), kept: undefined });
  }
  const kept = await keptSession(context, profile, options);
  await withKeptSession(
    kept,
    continuation,
    (remembered) =>
      options.replace ? replaceSession(context, continuation, remembered) : continueSession(continuation, remembered),
    (continued) => show(context, options, { tenant, ...continued, kept: kept.name }),
  );
}

/** @throws {AnonError} `usage` */
function checkTarget({ sessionToken, session, replace }: TokenUpdateOptions): void {
  if (sessionToken === undefined) return;
  const other = session !== undefined ? '--session' : replace && '--replace';
  if (other) throw new AnonError('usage', `${other} is of sessions that are kept, and --session-token of others.`);
}

/** `kept`: where. What is known of its metadata counts where the token does not let anybody read it. */
function show(
  context: Context,
  options: TokenUpdateOptions,
  {
    tenant,
    inspected: read,
    audience,
    session,
    kept,
  }: Continued & { readonly tenant: TenantConnection; readonly kept: string | undefined },
): Promise<void> {
  return inspectAndShow(context, { tenant, audience, strict: options.strict }, read, (inspected) => {
    const size = metadataSize(inspected, kept === undefined ? undefined : session?.metadata);
    printResult(context, options, {
      data: { ...tokensData(inspected), ...metadataSizeData(size), session_name: kept ?? null },
      human: (paint) =>
        `${paint.green('✔')} ${outcomeText(inspected, options)}\n${renderMetadataSize(paint, size)}\n` +
        renderTokens(paint, inspected),
    });
  });
}

/** Edition `ea` answers with an access token only: the session stays what it is. */
function outcomeText({ tokens }: InspectedTokens, { replace }: TokenUpdateOptions): string {
  if (replace) return 'Session replaced: another guest, with the metadata of both';
  if (tokens.sessionToken !== undefined) return 'Session updated: a new session token and a new access token';
  const left = tokens.sessionExpiresInSeconds;
  const end = left === undefined ? 'the session ends when it did' : `the session ends ${relativeText(left)}`;
  return `Session renewed: a new access token; ${end}`;
}
