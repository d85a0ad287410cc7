import { AnonError } from '../../../errors.ts';
import { flagFor } from '../../input/equivalent-command.ts';
import type { WriteOptions } from '../../tenant/write.ts';

export interface DoctorOptions extends WriteOptions {
  readonly app?: string;
  readonly api?: string;
  readonly scopes?: string;
  readonly probe?: true;
  readonly clientSecret?: string;
  readonly fix?: true;
  readonly oidcConformant?: true;
  readonly matrix?: true;
  readonly all?: true;
}

/** @throws {AnonError} `usage` for options that can't be combined, or need another one */
export function checkCombination(options: DoctorOptions): void {
  const { matrix, fix } = options;
  const given = (...names: (keyof DoctorOptions)[]) => names.find((name) => options[name] !== undefined);
  const notForMatrix = matrix && given('fix', 'probe', 'scopes');
  if (notForMatrix) throw new AnonError('usage', `${flagFor(notForMatrix)} and --matrix can't be combined.`);
  if (!matrix && given('all')) throw new AnonError('usage', '--all needs --matrix.');
  const needsFix = fix ? undefined : given('dryRun', 'yes', 'oidcConformant');
  if (!needsFix) return;
  throw new AnonError('usage', `${flagFor(needsFix)} needs --fix.`, { hint: 'Without --fix, doctor changes nothing.' });
}
