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
import { renderChanges } from '../../render/plan.ts';
import { printable } from '../../render/printable.ts';
import type { Access } from '../../tenant/access.ts';
import { carryOut, renderWrites, tenantHost, writeData } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import type { DoctorOptions } from './options.ts';
import { printDiagnosis } from './report.ts';

/** `doctor --fix`: diagnoses, shows the changes, sends them once they are confirmed, and diagnoses again. */
export async function fixAndShow(
  context: Context,
  options: DoctorOptions,
  access: Access,
  request: DiagnosisRequest,
): Promise<void> {
  const look = async () => {
    const diagnosis = await diagnose(access.tenant, { ...request, probe: undefined });
    const oidcConformant = options.oidcConformant === true;
    const plan = await planFix(diagnosis, { scopes: request.wanted, oidcConformant, origin: request.origin });
    if (options.yes && !options.dryRun && isForPeople(options)) showPlan(context, access, plan ?? emptyPlan);
    return { diagnosis, tenant: diagnosis.tenant, isPlanned: plan !== undefined, plan: plan ?? emptyPlan };
  };
  const ask = (plan: Plan<unknown>) => confirmPlan(context, access, plan);
  const { found } = await carryOut(context, options, access, look, { always: true, ask });
  if (!found.isPlanned) return printDiagnosis(context, options, { diagnosis: found.diagnosis, request });
  const { plan } = found;
  const data = writeData(options, plan);
  if (options.dryRun) {
    return printResult(context, options, {
      data: { ...diagnosisData(found.diagnosis), ...data },
      human: (paint) =>
        plan.writes.length === 0
          ? `${paint.green('✔')} No changes: no gate to open\n`
          : renderWrites(paint, options, access, plan, ''),
    });
  }
  const diagnosis = await diagnose(access.tenant, request);
  const subjects = plan.writes.map(({ subject }) => printable(subject)).join(', ');
  const text = subjects === '' ? '' : `${resultPaint(context.terminal).green('✔')} Updated: ${subjects}\n\n`;
  printDiagnosis(context, options, { diagnosis, request, preamble: { text, data } });
}

/** With nothing to open, or nobody to open it for. */
const emptyPlan: Plan<SetUp | undefined> = { writes: [], outcome: () => undefined };

function showPlan({ terminal }: Context, access: Access, { writes }: Plan<unknown>): void {
  if (writes.length === 0) return;
  const paint = notePaint(terminal);
  terminal.note(
    `${paint.bold('Changes that open the closed gates:')}\n${renderChanges(paint, tenantHost(access), writes)}`,
  );
}

async function confirmPlan(context: Context, access: Access, plan: Plan<unknown>): Promise<void> {
  const { length } = plan.writes;
  showPlan(context, access, plan);
  if (await context.confirm(length === 1 ? 'Apply this change?' : `Apply these ${length} changes?`)) return;
  throw new AnonError('failed', 'Fix declined; nothing was sent.');
}
