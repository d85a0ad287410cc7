import { parsePageOrigin } from '../../../domain/app/parse-url.ts';
import { diagnose } from '../../../domain/gates/diagnosis/diagnose.ts';
import type { DiagnosisRequest } from '../../../domain/gates/diagnosis/management-checks.ts';
import { readAppSecret } from '../../input/secret.ts';
import { neededScopes } from '../../options/parse.ts';
import { printResult } from '../../output/output.ts';
import { accessTenant, requestedAppAndApi, requestedEdition } from '../../tenant/access.ts';
import { accessToWrite } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';
import { defineCommand } from '../define-command.ts';
import { checkCombination, type DoctorOptions, doctorOptions } from './options.ts';
import { printDiagnosis } from './report.ts';

export const doctorCommand = defineCommand({
  description: 'check every gate between a guest and a token, and show how to open it',
  options: doctorOptions,
  calls: 'tenant',
  examples: ['doctor', 'doctor --fix --scopes read:catalog --yes', 'doctor --origin http://localhost:3000 --fix --yes'],
  notes:
    'Exits with 0 when a guest can get a token, even with warnings, and with 5 when no guest can. When that is unknown: 6 if ' +
    'the tenant is unreachable, 4 if the credentials are refused or lack scopes, 2 if there are several applications or ' +
    'APIs to choose from. With --origin, it must also be certain that pages on the origin get guests. The report always goes to stdout. With --policy, 5 means that a policy does not hold. In CI, compare the output of anon-cli doctor --matrix --json ' +
    'with a reviewed copy.',
  more: 'docs/ci.md',
  async run(context, _args, options) {
    checkCombination(options);
    const origin = options.origin === undefined ? undefined : parsePageOrigin(options.origin);
    if (options.matrix) return showMatrix(context, options);
    if (options.policy) return (await import('./policies.ts')).checkPolicies(context, options, options.policy);
    const clientSecret = await readAppSecret(context, options);
    const forcedEdition = requestedEdition(context, options);
    const access = await accessToWrite(context, options);
    const named = requestedAppAndApi(context, options);
    const request: DiagnosisRequest = {
      app: { named: named.app, chosen: access.profile.app },
      api: { named: named.api, chosen: access.profile.api },
      wanted: options.scopes === undefined ? [] : neededScopes(options.scopes),
      origin,
      forcedEdition,
      probe: options.probe && { clientSecret },
    };
    if (options.fix) return (await import('./fix.ts')).fixAndShow(context, options, access, request);
    printDiagnosis(context, options, { diagnosis: await diagnose(access.tenant, request), request });
  },
});

async function showMatrix(context: Context, options: DoctorOptions): Promise<void> {
  const [{ guestMatrix }, { matrixData, renderMatrix }] = await Promise.all([
    import('../../../domain/gates/matrix.ts'),
    import('../../render/matrix.ts'),
  ]);
  const { tenant } = await accessTenant(context, options);
  const all = options.all === true;
  const matrix = await guestMatrix(tenant, { all, app: options.app, api: options.api });
  printResult(context, options, { data: matrixData(matrix), human: (paint) => renderMatrix(paint, matrix, { all }) });
}
