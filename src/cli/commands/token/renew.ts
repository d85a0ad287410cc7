import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { continueSession } from './continue-session.ts';
import { inspectAndShow, renderTokens, tokensData } from './guest-tokens.ts';
import { addKeepOptions, type KeepOptions } from './keeping.ts';
import { keptSession, withKeptSession } from './kept-session.ts';
import { addAccessOptions, readTokenInput, type TokenRequestOptions } from './options.ts';

export type TokenRenewOptions = Omit<TokenRequestOptions, 'meta' | 'metaFile'> & KeepOptions;

export function tokenRenewCommand(context: Context, run = renewAndShow): Command {
  const command = addKeepOptions(
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
  const kept = await keptSession(context, profile, options);
  const continuation = { tenant, options, input };
  await withKeptSession(
    kept,
    continuation,
    (remembered) => continueSession(continuation, remembered),
    ({ inspected: read, audience }) =>
      inspectAndShow(context, { tenant, audience, strict: options.strict }, read, (inspected) =>
        printResult(context, options, {
          data: { ...tokensData(inspected), session_name: kept.name },
          human: (paint) =>
            `${paint.green('✔')} Session ${printable(kept.name)} renewed: a new access token of the same guest\n\n${renderTokens(paint, inspected)}`,
        }),
      ),
  );
}
