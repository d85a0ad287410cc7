import { applySteps, movedSettings, partlyApplied } from '../../../domain/config/apply.ts';
import { keyOf, subjectOf } from '../../../domain/config/objects.ts';
import type { ConfigPlan } from '../../../domain/config/plan.ts';
import { isRefused } from '../../../domain/config/policy-violations.ts';
import { type FoundObject, readObject } from '../../../domain/config/read-tenant.ts';
import { withEntry, withOutcome } from '../../../domain/config/record.ts';
import { differing } from '../../../domain/config/settings.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import { counted } from '../../../domain/exchange/counted.ts';
import { hostOf } from '../../../domain/exchange/http.ts';
import { editionOf } from '../../../domain/exchange/management/request.ts';
import { AnonError } from '../../../errors.ts';
import type { Edition } from '../../../wire/edition/edition.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import { printResult } from '../../output/output.ts';
import { markdownOf, renderSettingChanges } from '../../render/config-changes.ts';
import { notePaint } from '../../render/paint.ts';
import { policyError, renderPolicies } from '../../render/policies.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant/access.ts';
import { accessToWrite, confirmChanges, type WriteOptions, writeOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { planData, printPlan, unchanged } from './plan.ts';
import { readPlanFile } from './plan-file.ts';
import { amount, changesOf, countText, type Planned, type PlanOptions, planFromFile, planOptions } from './planned.ts';

export const configApplyCommand = defineCommand({
  description: 'set the tenant to what the configuration file says',
  args: { '[plan]': { description: 'a plan that config plan --out saved', values: { file: true } } },
  options: {
    ...planOptions,
    '--parallel <number>': { description: 'how many writes may be under way at once: 1 to 4', parse: parallelWrites },
    ...writeOptions,
  },
  calls: 'tenant',
  markdown: true,
  examples: ['config apply --file ~/anon.yaml --yes', 'config apply --file ~/anon.yaml --dry-run'],
  notes:
    'Each object is read again right before its write, so what others changed around these settings stays; if they changed one of them, it stops. After a failure the same command goes on from there.',
  more: 'docs/config.md',
  async run(context, { plan: path }, options) {
    if (path !== undefined) refuseWithPlan(options);
    const access = await accessToWrite(context, options);
    const { tenant, requests } = counted(access.tenant);
    const planned =
      path === undefined
        ? await planFromFile(context, options, async () => tenant)
        : await savedPlan(context, path, tenant);
    const { plan, findings, written } = planned;
    if (options.dryRun) printPlan(context, options, planned, { requests: requests(), next: undefined });
    else context.terminal.note(renderPolicies(notePaint(context.terminal), findings, written));
    if (isRefused(findings)) throw policyError(findings);
    if (options.dryRun) return;
    const undo = await carryOutPlan(context, options, { access, tenant }, plan, { parallel: options.parallel ?? 1 });
    const { issuer, steps } = plan;
    printResult(context, options, {
      data: { ...planData(planned, { requests: requests() }), undo: undo ?? null },
      human(paint) {
        if (steps.length === 0) return unchanged(paint, issuer, requests());
        const host = printable(hostOf(issuer));
        const headline = `${paint.green('✔')} Changed ${countText(steps)} at ${host} (${amount(requests(), 'request')})\n`;
        const next = `To undo it: anon-cli config undo ${undo}${tenant.selection}`;
        return `${headline}${renderSettingChanges(paint, issuer, changesOf(steps))}${paint.dim(`${printable(next)}\n`)}`;
      },
      markdown: () => markdownOf(`Guest access: ${changedTitle(plan)}`, issuer, changesOf(steps)),
    });
  },
});

function changedTitle({ issuer, steps }: ConfigPlan): string {
  const host = printable(hostOf(issuer));
  return steps.length === 0 ? `no changes at \`${host}\`` : `changed ${countText(steps)} at \`${host}\``;
}

function parallelWrites(text: string): number {
  if (/^[1-4]$/.test(text)) return Number(text);
  throw new AnonError('usage', `--parallel must be 1, 2, 3 or 4, not '${text.slice(0, 20)}'.`);
}

/** A plan was made from a file and for certain objects already. */
function refuseWithPlan(options: PlanOptions): void {
  const given = (['file', 'set', 'policy', 'app', 'api', 'prune'] as const).find((name) => options[name] !== undefined);
  if (!given) return;
  throw new AnonError('usage', `--${given} can't be combined with a saved plan.`, {
    hint: `Use it when you make the plan: anon-cli config plan --${given} … --out <file>`,
  });
}

/** Reads a plan, and checks that it is for this tenant, and that nobody has changed its settings since. */
async function savedPlan(context: Context, path: string, tenant: TenantConnection): Promise<Planned> {
  const { kind: _, version: __, planned_at: ___, ...plan } = await readPlanFile(context, path);
  if (plan.issuer !== tenant.issuer) {
    throw new AnonError('usage', `${path} is for ${hostOf(plan.issuer)}, not for ${hostOf(tenant.issuer)}.`, {
      hint: 'Choose the profile of that tenant with --profile, or make a new plan.',
    });
  }
  const edition = await editionOf(tenant);
  if (plan.edition !== edition.name) {
    throw new AnonError('usage', `${path} is for edition ${plan.edition}, but the tenant has edition ${edition.name}.`);
  }
  const objects = await currentObjects(plan, path, tenant, edition);
  const steps = plan.steps.filter(({ object, after }) => {
    return Object.keys(differing(objects.get(keyOf(object))?.values ?? {}, after)).length > 0;
  });
  return { plan: { ...plan, steps }, edition, selection: tenant.selection, objects, findings: [] };
}

/** The objects that a plan changes, as they are now; refuses settings that are neither as they were nor as they are to be. */
async function currentObjects(
  { steps }: ConfigPlan,
  path: string,
  tenant: TenantConnection,
  edition: Edition,
): Promise<Map<string, FoundObject>> {
  const objects = new Map<string, FoundObject>();
  for (const step of steps) {
    const found = await readObject(tenant, edition, step.object);
    const moved = found ? movedSettings(step, found.values) : ['all settings'];
    if (found) objects.set(keyOf(step.object), found);
    if (moved.length === 0) continue;
    const what = `${moved.join(', ')} of ${subjectOf(step.object)}`;
    throw new AnonError('failed', `Someone has changed ${what} since ${path} was made; nothing was sent.`, {
      hint: 'Make a new plan: anon-cli config plan --out <file>',
    });
  }
  return objects;
}

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
