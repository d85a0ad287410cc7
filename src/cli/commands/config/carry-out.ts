import { applySteps, partlyApplied } from '../../../domain/config/apply.ts';
import type { ConfigPlan } from '../../../domain/config/plan.ts';
import { withEntry, withOutcome } from '../../../domain/config/record.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import { renderSettingChanges } from '../../render/config-changes.ts';
import type { Access } from '../../tenant/access.ts';
import { confirmChanges, type WriteOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { changesOf } from './planned.ts';

interface How {
  readonly parallel?: number;
  /** The saved change that this plan takes back. */
  readonly undoes?: number | undefined;
}

/**
 * Asks, unless `--yes` is given, and carries a plan out, holding the tenant's lock. The settings that it touches are saved
 * before the first write, for `config undo`; what it leaves is saved for `config drift`. Returns the number that undoes it;
 * undefined when nothing was to be changed.
 * @throws {AnonError} as `confirmChanges`, and the first failure with what was done and what was not
 */
export async function carryOutPlan(
  context: Context,
  options: WriteOptions,
  { access, tenant }: { access: Access; tenant: TenantConnection },
  plan: ConfigPlan,
  { parallel = 1, undoes }: How = {},
): Promise<number | undefined> {
  const { steps, issuer } = plan;
  if (steps.length > 0 && !options.yes) {
    await confirmChanges(context, access, (paint) => renderSettingChanges(paint, issuer, changesOf(steps)));
  }
  const records = await context.configRecords();
  return context.changing(tenant, async () => {
    const before = await records.read(issuer);
    const when = { atMs: context.clock.now(), undoes };
    const saved = steps.length > 0 ? withEntry(before, plan, when) : before;
    if (steps.length > 0) await records.write(issuer, saved);
    const progress = await applySteps(tenant, editionNamed(plan.edition), steps, { parallel });
    await records.write(issuer, withOutcome(saved, plan, progress, when));
    const failure = partlyApplied(progress, steps);
    if (failure) throw failure;
    return steps.length > 0 ? saved.entries.at(-1)?.id : undefined;
  });
}
