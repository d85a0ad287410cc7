import {
  type ClaimsChange,
  type ClaimsHolder,
  planClaimMapping,
  planClaimRemoval,
} from '../../../domain/claims/mapping.ts';
import { parseClaimMapping } from '../../../domain/claims/parse-mapping.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { sessionAttributes } from '../../../wire/claims-mapping.ts';
import { printResult } from '../../output/output.ts';
import { claimsData, holderText, renderClaims, renderPreview } from '../../render/claims.ts';
import { printable } from '../../render/printable.ts';
import { type Access, accessTenant } from '../../tenant/access.ts';
import { type ClaimsOptions, claimsHolder, claimsOptions, previewNextToken } from '../../tenant/holder.ts';
import { changeTenant, type WriteOptions, writeOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
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

export const claimsSetCommand = defineCommand({
  description: "map a session value to a claim in guests' access tokens",
  args: {
    '<name>': 'name of the claim; an existing mapping is replaced',
    '<expression>': {
      description: 'user_id, session_id, created_at or metadata.<key>',
      values: sessionAttributes,
    },
  },
  options: { ...claimsOptions, ...writeOptions },
  calls: 'tenant',
  examples: ['claims set language metadata.language', 'claims set city metadata.address.city --dry-run'],
  notes: `The expression may begin with anonymous_session, as in the Management API; dots reach nested values. Where a \
session has no such value, or null, its tokens lack the claim. Tokens already issued don't change.`,
  async run(context, { name, expression }, options) {
    const mapping = parseClaimMapping({ name, expression });
    await changeClaims(
      context,
      options,
      (tenant, holder) => planClaimMapping(tenant, holder, mapping),
      (holder) => `Guests' access tokens for ${holderText(holder)} carry the claim ${printable(name)}`,
    );
  },
});

export const claimsRemoveCommand = defineCommand({
  description: "remove a mapped claim from guests' access tokens",
  args: { '<name>': 'name of the claim' },
  options: { ...claimsOptions, ...writeOptions },
  calls: 'tenant',
  examples: ['claims remove language'],
  notes: 'Access tokens that guests already have keep the claim until they expire.',
  run: (context, { name }, options) =>
    changeClaims(
      context,
      options,
      (tenant, holder) => planClaimRemoval(tenant, holder, name),
      (holder) => `Guests' access tokens for ${holderText(holder)} no longer carry the claim ${printable(name)}`,
    ),
});

async function changeClaims(
  context: Context,
  options: ClaimsOptions & WriteOptions,
  planChange: (tenant: TenantConnection, holder: ClaimsHolder) => Promise<ClaimsChange>,
  headline: (holder: ClaimsHolder) => string,
): Promise<void> {
  const plan = async (access: Access) => {
    const holder = await claimsHolder(context, access, options);
    const change = await planChange(access.tenant, holder);
    return { holder, plan: change.plan, next: await previewNextToken(context, access, holder, change.claims) };
  };
  await changeTenant(context, options, plan, {
    data: (outcome, { next }) => claimsData(outcome, next),
    headline: (_outcome, _paint, { holder }) => headline(holder),
    below: (paint, { next }) => renderPreview(paint, next),
  });
}
