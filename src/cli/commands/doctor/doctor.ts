import { Command } from 'commander';
import { diagnose } from '../../../domain/gates/diagnosis/diagnose.ts';
import type { DiagnosisRequest } from '../../../domain/gates/diagnosis/management-checks.ts';
import { AnonError } from '../../../errors.ts';
import { readAppSecret } from '../../input/secret.ts';
import { withExample } from '../../options/example.ts';
import { scopeList } from '../../options/parse.ts';
import { requestedAppAndApi, requestedEdition } from '../../tenant/access.ts';
import { accessToWrite, addWriteOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import type { DoctorOptions } from './options.ts';
import { printDiagnosis } from './report.ts';

export function doctorCommand(context: Context, run = runDoctor): Command {
  const command = addWriteOptions(
    new Command('doctor')
      .description('look at every gate between a guest and a token, and say what opens it')
      .option('--app <app>', 'the application: name or client id')
      .option('--api <api>', 'the API: name, audience or id')
      .option('--scopes <list>', 'scopes that guests are to get; with --fix they are granted')
      .option('--probe', 'ask for real tokens too, and check them; makes a guest')
      .option('--client-secret <->', "'-' reads the application's secret for --probe from stdin, '@<file>' from a file")
      .option('--fix', 'open what is closed, after showing how')
      .option('--oidc-conformant', 'with --fix: make the application OIDC-conformant (edition ea)')
      .option('--matrix', 'instead: which guest scopes are open where, applications by APIs')
      .option('--all', 'with --matrix: those that are closed too'),
  ).action((options: DoctorOptions) => run(context, options));
  return withExample(
    command,
    'doctor',
    `Ends with 0 when a guest can get a token, whatever the warnings, and with 5 when
none can. Where that cannot be told it ends as any command does: with 6 when the
tenant is unreachable, 4 when the credentials are refused or lack scopes, 2 when
there are several applications or APIs to choose from. The report is on stdout
all the same. In CI: anon-cli doctor --matrix --json, compared with what was
reviewed.`,
  );
}

async function runDoctor(context: Context, options: DoctorOptions): Promise<void> {
  checkCombination(options);
  if (options.matrix) return (await import('./matrix.ts')).showMatrix(context, options);
  const clientSecret = await readAppSecret(context, options);
  const forcedEdition = requestedEdition(context, options);
  const access = await accessToWrite(context, options);
  const named = requestedAppAndApi(context, options);
  const request: DiagnosisRequest = {
    app: { named: named.app, chosen: access.profile.app },
    api: { named: named.api, chosen: access.profile.api },
    wanted: scopeList(options.scopes ?? ''),
    forcedEdition,
    probe: options.probe && { clientSecret },
  };
  if (options.fix) return (await import('./fix.ts')).fixAndShow(context, options, access, request);
  const diagnosis = await diagnose(access.tenant, request);
  printDiagnosis(context, options, { diagnosis, request });
}

/** @throws {AnonError} `usage` for options that mean nothing together */
function checkCombination(options: DoctorOptions): void {
  const { matrix, fix } = options;
  const given = (names: readonly (keyof DoctorOptions)[]) => names.find((name) => options[name] !== undefined);
  const aside = matrix ? given(['fix', 'probe', 'scopes']) : given(['all']);
  if (aside) {
    throw new AnonError('usage', matrix ? `--${aside} does not go with --matrix.` : '--all goes with --matrix only.');
  }
  const writing = fix ? undefined : given(['dryRun', 'yes', 'oidcConformant']);
  if (!writing) return;
  const flag = writing.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new AnonError('usage', `--${flag} goes with --fix only.`, { hint: 'Without --fix, doctor changes nothing.' });
}
