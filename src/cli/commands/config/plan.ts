import { isRefused } from '../../../domain/config/policy-violations.ts';
import { counted } from '../../../domain/exchange/counted.ts';
import { hostOf } from '../../../domain/exchange/http.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import type { ConfigPlanResult } from '../../../library/config-plan-results.ts';
import { differencesExitCode } from '../../exit-code.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { changeData, fenced, markdownOf, renderSettingChanges } from '../../render/config-changes.ts';
import { type Paint, paintFor } from '../../render/paint.ts';
import { policyData, policyError, renderPolicies } from '../../render/policies.ts';
import { printable } from '../../render/printable.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { planFileText } from './plan-file.ts';
import {
  amount,
  changesOf,
  countText,
  type Planned,
  type PlanOptions,
  planFromFile,
  planOptions,
  writesOf,
} from './planned.ts';

export const configPlanCommand = defineCommand({
  description: 'show what config apply would change at the tenant',
  options: {
    ...planOptions,
    '--out <file>': {
      description: 'also save the plan to a new file, for config apply <file>',
      values: { file: true },
    },
    '--exit-code': 'exit with 10 when there are changes',
  },
  calls: 'tenant',
  markdown: true,
  examples: ['config plan --file ~/anon.yaml'],
  notes:
    'A setting that the file does not name is left alone. A saved plan is for this tenant alone; it is refused once one of its settings has changed.',
  more: 'docs/config.md',
  async run(context, _args, options) {
    let requests = () => 0;
    const planned = await planFromFile(context, options, async () => {
      const { tenant, ...counter } = counted((await accessTenant(context, options)).tenant);
      requests = counter.requests;
      return tenant;
    });
    const { out } = options;
    if (out !== undefined) await context.writeNewFile(out, planFileText(planned.plan, context.clock.now()));
    printPlan(context, options, planned, { requests: requests(), out, next: nextStep(options, planned, out) });
    if (isRefused(planned.findings)) throw policyError(planned.findings);
    if (options.exitCode && planned.plan.steps.length > 0) context.ending.exitCode = differencesExitCode;
  },
});

interface Facts {
  /** How many it took to read the tenant. */
  readonly requests: number;
  readonly out?: string | undefined;
  /** What to run next. */
  readonly next: string | undefined;
}

/** Prints a plan that was not carried out. */
export function printPlan(context: Context, options: GlobalOptions, planned: Planned, facts: Facts): void {
  const { issuer, steps } = planned.plan;
  const changes = changesOf(steps);
  const { requests, out, next } = facts;
  printResult(context, options, {
    data: planData(planned, facts),
    human(paint) {
      const policies = renderPolicies(paint, planned.findings, planned.written);
      if (steps.length === 0) return `${unchanged(paint, issuer, requests)}${policies}`;
      const summary = `Plan: ${countText(steps)} will change in ${amount(steps.length, 'write')}; ${reading(requests)}.`;
      const saved = out === undefined ? '' : `${paint.green('✔')} Saved the plan to ${printable(out)}\n`;
      const step = next === undefined ? '' : paint.dim(`Next: ${printable(next)}\n`);
      return `${renderSettingChanges(paint, issuer, changes)}${paint.bold(summary)}\n${policies}${saved}${step}`;
    },
    markdown: () => `${markdownOf(markdownTitle(planned), issuer, changes)}${policyItems(planned)}`,
  });
}

/** For `--json`. */
export function planData(planned: Planned, { requests, out }: Pick<Facts, 'requests' | 'out'>): ConfigPlanResult {
  const { issuer, edition, steps } = planned.plan;
  const changes = changesOf(steps);
  return {
    version: 1,
    issuer,
    edition,
    changes: changes.map(changeData),
    writes: writesOf(planned).map(({ method, path, body }) => ({ method, path, body: body ?? null })),
    requests,
    policies: planned.findings.map((finding) => policyData(finding, planned.written)),
    ...(out !== undefined && { file: out }),
  };
}

/** `No changes`, with what it took to find out. */
export function unchanged(paint: Paint, issuer: string, requests: number): string {
  return `${paint.green('✔')} No changes: ${printable(hostOf(issuer))} is as the file says\n${paint.dim(`  ${reading(requests)}\n`)}`;
}

function reading(requests: number): string {
  return `reading the tenant took ${amount(requests, 'request')}`;
}

function markdownTitle({ plan }: Planned): string {
  const host = printable(hostOf(plan.issuer));
  return plan.steps.length === 0
    ? `Guest access: no changes at \`${host}\``
    : `Guest access: ${countText(plan.steps)} will change at \`${host}\``;
}

/** Policies that do not hold, as a list below the changes. */
function policyItems({ findings, written }: Planned): string {
  const lines = renderPolicies(paintFor(false), findings, written).trimEnd().split('\n');
  return findings.length === 0 ? '' : `\nPolicies:\n\n${fenced('', lines)}`;
}

function nextStep(options: PlanOptions, { selection }: Planned, out: string | undefined): string {
  const { file = [], set = [], policy = [], app, api, prune } = options;
  const repeated = { '-f': file, '--set': set, '--policy': policy };
  const words = [
    ...Object.entries(repeated).flatMap(([flag, values]) => values.flatMap((value) => [flag, shellWord(value)])),
    ...(app === undefined ? [] : ['--app', shellWord(app)]),
    ...(api === undefined ? [] : ['--api', shellWord(api)]),
    ...(prune ? ['--prune'] : []),
  ];
  const what = out === undefined ? words : [shellWord(out)];
  return `${['anon-cli config apply', ...what].join(' ')}${selection}`;
}
