import { AnonError } from '../../../errors.ts';
import { flagFor } from '../../input/equivalent-command.ts';
import type { OptionValues } from '../../options/definition.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { writeOptions } from '../../tenant/write.ts';

export const doctorOptions = {
  '--app <app>': 'the application: name or client id',
  '--api <api>': 'the API: name, audience or id',
  '--scopes <list>': {
    description: 'scopes that guests should get; --fix grants them',
    values: { live: 'scope', list: true },
  },
  '--origin <origin>': 'also check whether pages on this origin get guests: http://localhost:3000',
  '--probe': 'also request real tokens and check them, which creates a guest',
  '--client-secret <->': "the client secret for --probe: '-' for stdin, '@<file>' for a file",
  '--fix': 'open closed gates, after showing the changes',
  '--oidc-conformant': 'with --fix: make the application OIDC-conformant (edition ea)',
  '--matrix': 'show a matrix of applications, APIs and guest scopes instead',
  '--policy <file>': {
    description: 'check the whole tenant against the policies in this file instead, repeatable',
    repeatable: true,
    values: { file: true },
  },
  '--all': 'with --matrix: include closed applications and APIs',
  ...writeOptions,
} as const;

export type DoctorOptions = GlobalOptions & OptionValues<typeof doctorOptions>;

/** @throws {AnonError} `usage` for options that can't be combined, or need another one */
export function checkCombination(options: DoctorOptions): void {
  const { matrix, fix, policy } = options;
  const given = (...names: (keyof DoctorOptions)[]) => names.find((name) => options[name] !== undefined);
  const notForMatrix = matrix && given('fix', 'probe', 'scopes', 'origin');
  if (notForMatrix) throw new AnonError('usage', `${flagFor(notForMatrix)} and --matrix can't be combined.`);
  const notForPolicy = policy && given('matrix', 'fix', 'probe', 'scopes', 'origin', 'app', 'api');
  if (notForPolicy) throw new AnonError('usage', `${flagFor(notForPolicy)} and --policy can't be combined.`);
  if (!matrix && given('all')) throw new AnonError('usage', '--all needs --matrix.');
  const needsFix = fix ? undefined : given('dryRun', 'yes', 'oidcConformant');
  if (!needsFix) return;
  throw new AnonError('usage', `${flagFor(needsFix)} needs --fix.`, { hint: 'Without --fix, doctor changes nothing.' });
}
