import { Command } from 'commander';
import { planClaimRemoval } from '../../../domain/claims/mapping.ts';
import { withExample } from '../../options/example.ts';
import { holderText } from '../../render/claims.ts';
import { printable } from '../../render/printable.ts';
import { addWriteOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { type ClaimsWriteOptions, changeClaims } from './change.ts';
import { addClaimsOptions } from './holder.ts';

export function claimsRemoveCommand(context: Context, run = removeClaim): Command {
  const command = addWriteOptions(
    addClaimsOptions(
      new Command('remove')
        .description("leave a mapped claim out of guests' access tokens")
        .argument('<name>', 'the claim'),
    ),
  ).action((name: string, options: ClaimsWriteOptions) => run(context, name, options));
  return withExample(command, 'claims remove language', 'Access tokens that guests already have keep the claim.');
}

async function removeClaim(context: Context, name: string, options: ClaimsWriteOptions): Promise<void> {
  await changeClaims(
    context,
    options,
    (tenant, holder) => planClaimRemoval(tenant, holder, name),
    (holder) => `Guests' access tokens of ${holderText(holder)} no longer carry ${printable(name)}`,
  );
}
