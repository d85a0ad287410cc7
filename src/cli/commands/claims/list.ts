import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import { printResult } from '../../output/output.ts';
import { claimsData, renderClaims, renderPreview } from '../../render/claims.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { addClaimsOptions, type ClaimsOptions, claimsHolder, preview } from './holder.ts';

export function claimsListCommand(context: Context, run = listClaims): Command {
  const command = addClaimsOptions(
    new Command('list').description("list the claims that are mapped into guests' access tokens"),
  ).action((options: ClaimsOptions) => run(context, options));
  return withExample(command, 'claims list');
}

async function listClaims(context: Context, options: ClaimsOptions): Promise<void> {
  const access = await accessTenant(context, options);
  const holder = await claimsHolder(context, access, options);
  const next = await preview(context, access, holder, holder.claims);
  printResult(context, options, {
    data: claimsData(holder, next),
    empty: holder.claims.length === 0,
    human: (paint) =>
      renderClaims(paint, holder) + (holder.claims.length === 0 || paint.tabbed ? '' : renderPreview(paint, next)),
  });
}
