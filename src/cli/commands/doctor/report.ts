import type { Diagnosis } from '../../../domain/gates/diagnosis/diagnose.ts';
import type { DiagnosisRequest } from '../../../domain/gates/diagnosis/management-checks.ts';
import { fixCommand } from '../../../domain/gates/fix.ts';
import { withHint } from '../../../errors.ts';
import { printResult } from '../../output/output.ts';
import { diagnosisData, renderDiagnosis } from '../../render/diagnosis.ts';
import type { Context } from '../../world/context.ts';
import type { DoctorOptions } from './options.ts';

/** What came before the diagnosis, for people and in the JSON. */
interface Before {
  readonly text?: string;
  readonly data?: object;
}

/** Prints what was found; then fails with what keeps guests from tokens, if anything does. */
export function printDiagnosis(
  context: Context,
  options: DoctorOptions,
  { diagnosis, request, before = {} }: { diagnosis: Diagnosis; request: DiagnosisRequest; before?: Before },
): void {
  const fixAll = fixCommand(diagnosis, request);
  printResult(context, options, {
    data: { ...diagnosisData(diagnosis), ...before.data },
    human: (paint) => `${before.text ?? ''}${renderDiagnosis(paint, diagnosis, fixAll)}`,
  });
  const { failure } = diagnosis;
  if (failure) throw failure.hint || !fixAll ? failure : withHint(failure, `Open what is closed: ${fixAll}`);
}
