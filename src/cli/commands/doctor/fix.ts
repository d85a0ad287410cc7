import { diagnose } from '../../../domain/gates/diagnosis/diagnose.ts';
import type { DiagnosisRequest } from '../../../domain/gates/diagnosis/management-checks.ts';
import { planFix } from '../../../domain/gates/fix.ts';
import type { SetUp } from '../../../domain/gates/set-up.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { AnonError } from '../../../errors.ts';
import { isForPeople } from '../../output/formats.ts';
import { printResult } from '../../output/output.ts';
import { diagnosisData } from '../../render/diagnosis.ts';
import { notePaint, resultPaint } from '../../render/paint.ts';
import { planData, renderChanges, renderRequests } from '../../render/plan.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant/access.ts';
import { carryOut, tenantHost } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import type { DoctorOptions } from './options.ts';
import { printDiagnosis } from './report.ts';

/** What `doctor --fix` does: look, show what it would change, change it once that is agreed, look again. */
export async function fixAndShow(
  context: Context,
  options: DoctorOptions,
  access: Access,
  request: DiagnosisRequest,
): Promise<void> {
  const look = async () => {
    const diagnosis = await diagnose(access.tenant, { ...request, probe: undefined });
    const oidcConformant = options.oidcConformant === true;
    const plan = await planFix(diagnosis, { scopes: request.wanted, oidcConformant });
    if (options.yes && !options.dryRun && isForPeople(options)) showPlan(context, access, plan ?? nothing);
    return { diagnosis, tenant: diagnosis.tenant, isPlanned: plan !== undefined, plan: plan ?? nothing };
  };
  const ask = (plan: Plan<unknown>) => agreed(context, access, plan);
  const { found } = await carryOut(context, options, access, look, { always: true, ask });
  const { writes } = found.plan;
  if (!found.isPlanned) return printDiagnosis(context, options, { diagnosis: found.diagnosis, request });
  if (options.dryRun) {
    return printResult(context, options, {
      data: { ...diagnosisData(found.diagnosis), dry_run: true, ...planData(writes) },
      human: (paint) =>
        writes.length === 0
          ? `${paint.green('✔')} No changes: nothing is closed that could be opened\n`
          : `${paint.yellow('dry run')}, nothing is sent\n${renderChanges(paint, tenantHost(access), writes)}${renderRequests(paint, 'would send', writes)}`,
    });
  }
  const diagnosis = await diagnose(access.tenant, request);
  const subjects = writes.map(({ subject }) => printable(subject)).join(', ');
  const { green } = resultPaint(context.terminal);
  printDiagnosis(context, options, {
    diagnosis,
    request,
    before: {
      text: writes.length === 0 ? '' : `${green('✔')} Changed: ${subjects}\n\n`,
      data: { dry_run: false, ...planData(writes) },
    },
  });
}

/** Where it was not found out which application and API are meant. */
const nothing: Plan<SetUp | undefined> = { writes: [], outcome: () => undefined };

function showPlan({ terminal }: Context, access: Access, { writes }: Plan<unknown>): void {
  if (writes.length === 0) return;
  const paint = notePaint(terminal);
  terminal.note(`${paint.bold('To open what is closed:')}\n${renderChanges(paint, tenantHost(access), writes)}`);
}

async function agreed(context: Context, access: Access, plan: Plan<unknown>): Promise<void> {
  const { length } = plan.writes;
  showPlan(context, access, plan);
  if (await context.confirm(`Send ${length === 1 ? 'this change' : `these ${length} changes`}?`)) return;
  throw new AnonError('failed', 'The fix was declined; nothing was sent.');
}
