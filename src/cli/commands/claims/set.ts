import { Command } from 'commander';
import { parseClaimMapping, planClaimMapping } from '../../../domain/claims/mapping.ts';
import { withExample } from '../../options/example.ts';
import { holderText } from '../../render/claims.ts';
import { printable } from '../../render/printable.ts';
import { addWriteOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { type ClaimsWriteOptions, changeClaims } from './change.ts';
import { addClaimsOptions } from './holder.ts';

export function claimsSetCommand(context: Context, run = setClaim): Command {
  const command = addWriteOptions(
    addClaimsOptions(
      new Command('set')
        .description("put a value of the session into guests' access tokens, as a claim")
        .argument('<name>', 'the claim; one that is mapped already is mapped otherwise')
        .argument('<expression>', 'user_id, session_id, created_at, or metadata.<key>'),
    ),
  ).action((name: string, expression: string, options: ClaimsWriteOptions) => run(context, name, expression, options));
  return withExample(
    command,
    'claims set language metadata.language',
    'The expression may begin with anonymous_session, as in the Management API; a dot\nleads into what is nested. Where a session has nothing there, or null, its\ntokens have no such claim. Tokens that guests already have stay as they are.',
  );
}

async function setClaim(
  context: Context,
  name: string,
  expression: string,
  options: ClaimsWriteOptions,
): Promise<void> {
  const mapping = parseClaimMapping({ name, expression });
  await changeClaims(
    context,
    options,
    (tenant, holder) => planClaimMapping(tenant, holder, mapping),
    (holder) => `Guests' access tokens of ${holderText(holder)} carry ${printable(name)}`,
  );
}
