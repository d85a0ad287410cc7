import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import type { DecodedTokens } from '../../../domain/session/decoded-tokens.ts';
import { showTokens } from '../../../domain/session/received-tokens.ts';
import type { TokenOutcome } from '../../../domain/session/target.ts';
import { updateSaved, updateUnsaved } from '../../../domain/session/update.ts';
import { AnonError } from '../../../errors.ts';
import { saveOptions, sessionPorts, sessionTarget, tokenPorts } from '../../input/session-options.ts';
import { accessOptions, readRequestInput, requestOptions, tokenRequestOptions } from '../../input/token-request.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import {
  metadataSize,
  metadataSizeData,
  renderMetadataSize,
  renderTokens,
  tokensData,
} from '../../render/guest-tokens.ts';
import { printable } from '../../render/printable.ts';
import { relativeText } from '../../render/time.ts';
import { accessTenant, requestedAppAndApi } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';

const options = {
  ...tokenRequestOptions,
  '--unset <key>': { description: 'remove a top-level metadata key, repeatable', repeatable: true },
  ...saveOptions,
  '--session-token <->': "update a session that is not saved: '-' reads its token from stdin, '@<file>' from a file",
  '--replace': 'create a session for a new guest, with the old and the new metadata',
} as const;

type UpdateOptions = GlobalOptions & OptionValues<typeof options>;

export const tokenUpdateCommand = defineCommand({
  description: 'update the session: merge metadata, get new tokens',
  options,
  calls: 'tenant',
  result: 'access token',
  examples: ['token update --meta language=en --meta country=US'],
  notes:
    'Top-level keys are merged; a nested object is replaced as a whole. Edition ea sets metadata once, at creation: there token update renews the access token, and new metadata needs --replace.',
  async run(context, _args, options) {
    checkOptions(options);
    const input = await readRequestInput(context, options);
    const { tenant, profile } = await accessTenant(context, options);
    if (input.sessionToken !== undefined) {
      const request = requestOptions({ ...options, ...requestedAppAndApi(context, options) }, input);
      const unsaved = { ...request, sessionToken: input.sessionToken };
      return show(context, options, tenant, {
        ...(await updateUnsaved(tokenPorts(context, tenant), tenant, unsaved, profile)),
        name: undefined,
      });
    }
    const ports = await sessionPorts(context, { tenant, profile });
    const target = await sessionTarget(context, ports, options);
    const request = { ...requestOptions(options, input), replace: options.replace === true };
    const outcome = await updateSaved(ports, tenant, target, request);
    return show(context, options, tenant, { ...outcome, name: target.name });
  },
});

/** @throws {AnonError} `usage` */
function checkOptions({ sessionToken, session, replace }: UpdateOptions): void {
  if (sessionToken === undefined) return;
  if (session !== undefined) {
    throw new AnonError(
      'usage',
      "--session and --session-token can't be combined: one names a saved session, the other is a raw token.",
    );
  }
  if (replace)
    throw new AnonError(
      'usage',
      "--replace and --session-token can't be combined: only a saved session can be replaced.",
    );
}

/** Saved metadata counts where the session token can't be read. `name`: of the saved session. */
function show(
  context: Context,
  options: UpdateOptions,
  tenant: TenantConnection,
  outcome: TokenOutcome & { readonly name: string | undefined },
): Promise<void> {
  const { name, session } = outcome;
  return showTokens(context, { tenant, strict: options.strict }, outcome, (decoded) => {
    const size = metadataSize(decoded, name === undefined ? undefined : session?.metadata);
    printResult(context, options, {
      data: { ...tokensData(decoded), ...metadataSizeData(size), session_name: name ?? null },
      human: (paint) =>
        `${paint.green('✔')} ${outcomeText(decoded, options)}\n${renderMetadataSize(paint, size)}\n` +
        renderTokens(paint, decoded),
    });
  });
}

/** Edition `ea` answers with an access token only: the session stays as it is. */
function outcomeText({ tokens }: DecodedTokens, { replace }: UpdateOptions): string {
  if (replace) return 'Session replaced: a new guest with the merged metadata';
  if (tokens.sessionToken !== undefined) return 'Session updated: a new session token and a new access token';
  const left = tokens.sessionExpiresInSeconds;
  const end = left === undefined ? 'the end of the session is unchanged' : `the session ends ${relativeText(left)}`;
  return `Session renewed: a new access token; ${end}`;
}

export const tokenRenewCommand = defineCommand({
  description: 'get a new access token for the same guest',
  options: {
    ...accessOptions,
    '--strict': 'exit with 3 if the access token is not as requested',
    ...saveOptions,
  },
  calls: 'tenant',
  result: 'access token',
  examples: ['token renew'],
  notes:
    'Metadata is unchanged. In edition preview the session token is renewed too, with a full lifetime; in edition ea the end of the session is unchanged.',
  async run(context, _args, options) {
    const input = await readRequestInput(context, options);
    const { tenant, profile } = await accessTenant(context, options);
    const ports = await sessionPorts(context, { tenant, profile });
    const target = await sessionTarget(context, ports, options);
    const outcome = await updateSaved(ports, tenant, target, requestOptions(options, input));
    await showTokens(context, { tenant, strict: options.strict }, outcome, (decoded) =>
      printResult(context, options, {
        data: { ...tokensData(decoded), session_name: target.name },
        human: (paint) =>
          `${paint.green('✔')} Session ${printable(target.name)} renewed: a new access token for the same guest\n\n${renderTokens(paint, decoded)}`,
      }),
    );
  },
});
