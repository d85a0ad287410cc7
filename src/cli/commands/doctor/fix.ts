import { diagnose } from '../../../domain/gates/diagnosis/diagnose.ts';
import type { Question } from '../../../domain/gates/diagnosis/look.ts';
import { planFix } from '../../../domain/gates/fix.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { AnonError } from '../../../errors.ts';
import type { Context } from '../../context.ts';
import { printResult } from '../../output.ts';
import { isForPeople } from '../../output-format.ts';
import { diagnosisData } from '../../render/diagnosis.ts';
import { notePaint, resultPaint } from '../../render/paint.ts';
import { planData, renderChanges, renderRequests } from '../../render/plan.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant-access.ts';
import { carryOut } from '../../write.ts';
import { type DoctorOptions, printDiagnosis } from './doctor.ts';

/** What `doctor --fix` does: look, show what it would change, change it once that is agreed, look again. */
export async function fixAndShow(
  context: Context,
  options: DoctorOptions,
  access: Access,
  question: Question,
): Promise<void> {
  const found = await diagnose(access.tenant, { ...question, probe: undefined });
  const oidcConformant = options.oidcConformant === true;
  const plan = await planFix(found, { scopes: question.wanted, oidcConformant });
  if (!plan) return printDiagnosis(context, options, { diagnosis: found, question });
  const { writes } = plan;
  if (options.dryRun) {
    return printResult(context, options, {
      data: { ...diagnosisData(found), dry_run: true, ...planData(writes) },
      human: (paint) =>
        writes.length === 0
          ? `${paint.green('✔')} Nothing is closed that could be opened, nothing to send\n`
          : `${paint.yellow('dry run')}, nothing is sent\n${renderChanges(paint, hostOf(access), writes)}${renderRequests(paint, 'would send', writes)}`,
    });
  }
  const target = { ...access, tenant: found.tenant };
  if (writes.length > 0) await agreed(context, options, target, plan);
  await carryOut(context, options, target, plan);
  const diagnosis = await diagnose(access.tenant, question);
  const subjects = writes.map(({ subject }) => printable(subject)).join(', ');
  const { green } = resultPaint(context.terminal);
  printDiagnosis(context, options, {
    diagnosis,
    question,
    before: {
      text: writes.length === 0 ? '' : `${green('✔')} Changed: ${subjects}\n\n`,
      data: { dry_run: false, ...planData(writes) },
    },
  });
}

/** Shows the plan, and asks; a profile marked production has a question of its own. */
async function agreed(
  { terminal, confirm }: Context,
  options: DoctorOptions,
  access: Access,
  { writes }: Plan<unknown>,
): Promise<void> {
  const { yes } = options;
  if (!yes && access.profile.production) return;
  if (!yes && !terminal.interactive) {
    throw new AnonError('usage', 'This changes the tenant, and there is no terminal to ask on.', {
      hint: 'Look first with --dry-run; then say it beforehand: --yes',
    });
  }
  if (!yes || isForPeople(options)) {
    const paint = notePaint(terminal);
    terminal.note(`${paint.bold('To open what is closed:')}\n${renderChanges(paint, hostOf(access), writes)}`);
  }
  if (yes || (await confirm(`Send ${writes.length === 1 ? 'this change' : `these ${writes.length} changes`}?`))) return;
  throw new AnonError('failed', 'The fix was declined; nothing was sent.');
}

function hostOf({ tenant }: Access): string {
  return new URL(tenant.issuer).host;
}
