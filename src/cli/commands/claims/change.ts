import type { ClaimsHolder } from '../../../domain/claims/holder.ts';
import type { ClaimsChange } from '../../../domain/claims/mapping.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { claimsData, renderPreview } from '../../render/claims.ts';
import type { Paint } from '../../render/paint.ts';
import { accessToWrite, type WriteOptions, writeAndShow } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { type ClaimsOptions, claimsHolder, preview } from './holder.ts';

export type ClaimsWriteOptions = ClaimsOptions & WriteOptions;

/** What `claims set` and `claims remove` do: they differ in the change and in what they say of it. */
export async function changeClaims(
  context: Context,
  options: ClaimsWriteOptions,
  plan: (tenant: TenantConnection, holder: ClaimsHolder) => Promise<ClaimsChange>,
  headline: (holder: ClaimsHolder, paint: Paint) => string,
): Promise<void> {
  const access = await accessToWrite(context, options);
  const look = async () => {
    const holder = await claimsHolder(context, access, options);
    const change = await plan(access.tenant, holder);
    return { holder, plan: change.plan, next: await preview(context, access, holder, change.claims) };
  };
  await writeAndShow(context, options, access, look, {
    data: (outcome, { next }) => claimsData(outcome, next),
    headline: (_outcome, paint, { holder }) => headline(holder, paint),
    below: (paint, { next }) => renderPreview(paint, next),
  });
}
