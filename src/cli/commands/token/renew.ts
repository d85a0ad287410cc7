import { Command } from 'commander';
import { updateSaved } from '../../../domain/session/update.ts';
import { withExample } from '../../options/example.ts';
import { printResult } from '../../output/output.ts';
import { renderTokens, tokensData } from '../../render/guest-tokens.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { addAccessOptions, readTokenInput, requestOptions, type TokenRequestOptions } from './options.ts';
import { addSaveOptions, type SaveOptions, sessionPorts, sessionTarget } from './session-options.ts';
import { showTokens } from './show-tokens.ts';

export type TokenRenewOptions = Omit<TokenRequestOptions, 'meta' | 'metaFile'> & SaveOptions;

export function tokenRenewCommand(context: Context, run = renewAndShow): Command {
  const command = addSaveOptions(
    addAccessOptions(new Command('renew').description('get a new access token for the same guest')).option(
      '--strict',
      'end with 3 for an access token that is not as asked',
    ),
    'renew this session, not the current one',
  ).action((options: TokenRenewOptions) => run(context, options));
  return withExample(
    command,
    'token renew',
    'The metadata stays. In edition preview a new session token comes along, with a\nfull lifetime; in edition ea the end of the session never moves.',
  );
}

async function renewAndShow(context: Context, options: TokenRenewOptions): Promise<void> {
  const input = await readTokenInput(context, options);
  const { tenant, profile } = await accessTenant(context, options);
  const ports = await sessionPorts(context, profile);
  const target = await sessionTarget(context, ports, options);
  const outcome = await updateSaved(ports, tenant, target, requestOptions(options, input));
  await showTokens(context, { tenant, strict: options.strict }, outcome, (decoded) =>
    printResult(context, options, {
      data: { ...tokensData(decoded), session_name: target.name },
      human: (paint) =>
        `${paint.green('✔')} Session ${printable(target.name)} renewed: a new access token for the same guest\n\n${renderTokens(paint, decoded)}`,
    }),
  );
}
