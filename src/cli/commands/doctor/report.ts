import type { Diagnosis } from '../../../domain/gates/diagnosis/diagnose.ts';
import type { DiagnosisRequest } from '../../../domain/gates/diagnosis/management-checks.ts';
import { fixCommand } from '../../../domain/gates/fix.ts';
import { reworded, withHint } from '../../../errors.ts';
import { isForPeople } from '../../output/formats.ts';
import { printResult } from '../../output/output.ts';
import { diagnosisData, renderDiagnosis } from '../../render/diagnosis.ts';
import type { Context } from '../../world/context.ts';
import type { DoctorOptions } from './options.ts';

/** What to print before the diagnosis, as text and as JSON. */
interface Preamble {
  readonly text?: string;
  readonly data?: object;
}

/** Prints a diagnosis; then throws its failure, if guests can't get tokens. */
export function printDiagnosis(
  context: Context,
  options: DoctorOptions,
  { diagnosis, request, preamble = {} }: { diagnosis: Diagnosis; request: DiagnosisRequest; preamble?: Preamble },
): void {
  const fixAll = fixCommand(diagnosis, request);
  printResult(context, options, {
    data: { ...diagnosisData(diagnosis), ...preamble.data },
    human: (paint) => `${preamble.text ?? ''}${renderDiagnosis(paint, diagnosis, fixAll)}`,
  });
  const { checks, failure, verdict } = diagnosis;
  if (!failure) return;
  if (!isForPeople(options)) throw failure.hint || !fixAll ? failure : withHint(failure, `To fix: ${fixAll}`);
  // The text has already shown the fixes, so the error adds only the verdict.
  const hasWayOn = checks.some(({ state, fix, advice }) => state !== 'warning' && (fix ?? advice) !== undefined);
  throw reworded(failure, { message: `${verdict}.`, ...(hasWayOn && { hint: undefined }) });
}
