import { Command } from 'commander';
import { diagnose } from '../../../domain/gates/diagnosis/diagnose.ts';
import type { DiagnosisRequest } from '../../../domain/gates/diagnosis/management-checks.ts';
import { readAppSecret } from '../../input/secret.ts';
import { withExample } from '../../options/example.ts';
import { scopeList } from '../../options/scopes.ts';
import { chosenEdition, namedChoices } from '../../tenant/access.ts';
import { accessToWrite, addWriteOptions } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { checkCombination, type DoctorOptions } from './options.ts';
import { printDiagnosis } from './report.ts';

export function doctorCommand(context: Context, run = runDoctor): Command {
  const command = addWriteOptions(
    new Command('doctor')
      .description('check every gate between a guest and a token, and show how to open it')
      .option('--app <app>', 'the application: name or client id')
      .option('--api <api>', 'the API: name, audience or id')
      .option('--scopes <list>', 'scopes that guests should get; --fix grants them')
      .option('--probe', 'also request real tokens and check them; creates a guest')
      .option('--client-secret <->', "'-' reads the application's secret for --probe from stdin, '@<file>' from a file")
      .option('--fix', 'open closed gates, after showing the changes')
      .option('--oidc-conformant', 'with --fix: make the application OIDC-conformant (edition ea)')
      .option('--matrix', 'show instead which scopes guests get: applications by APIs')
      .option('--all', 'with --matrix: include closed applications and APIs'),
  ).action((options: DoctorOptions) => run(context, options));
  return withExample(
    command,
    'doctor',
    `Exits with 0 when a guest can get a token, even with warnings, and with 5 when
none can. When that is unknown: 6 if the tenant is unreachable, 4 if the
credentials are refused or lack scopes, 2 if there are several applications or
APIs to choose from. The report always goes to stdout. In CI, compare the output
of anon-cli doctor --matrix --json with a reviewed copy.`,
  );
}

async function runDoctor(context: Context, options: DoctorOptions): Promise<void> {
  checkCombination(options);
  if (options.matrix) return (await import('./matrix.ts')).showMatrix(context, options);
  const clientSecret = await readAppSecret(context, options);
  const forcedEdition = chosenEdition(context, options);
  const access = await accessToWrite(context, options);
  const named = namedChoices(context, options);
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
