import { printResult } from '../../output/output.ts';
import { claimsData, renderClaims, renderPreview } from '../../render/claims.ts';
import { accessTenant } from '../../tenant/access.ts';
import { claimsHolder, claimsOptions, previewNextToken } from '../../tenant/holder.ts';
import { defineCommand } from '../define-command.ts';

export const claimsListCommand = defineCommand({
  description: "list the claims mapped into guests' access tokens",
  options: claimsOptions,
  calls: 'tenant',
  examples: ['claims list'],
  async run(context, _args, options) {
    const access = await accessTenant(context, options);
    const holder = await claimsHolder(context, access, options);
    const next = await previewNextToken(context, access, holder, holder.claims);
    const empty = holder.claims.length === 0;
    printResult(context, options, {
      data: claimsData(holder, next),
      empty,
      human: (paint) => renderClaims(paint, holder) + (empty || paint.tabbed ? '' : renderPreview(paint, next)),
    });
  },
});
