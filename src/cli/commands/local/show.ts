import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { refuseOtherTenants } from '../../tenant/local-access.ts';
import { defineCommand } from '../define-command.ts';
import { stateData } from './state-data.ts';

export const localShowCommand = defineCommand({
  description: 'show where the local tenant is saved, and how to configure it over HTTP',
  options: { '--reveal-secrets': 'include the client secret in --json and --field' },
  calls: 'nothing',
  examples: ['local show'],
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    await refuseOtherTenants(context, options);
    const local = await context.local();
    const state = stateData(local);
    const { issuer, edition, clientId, clientSecret } = await local.describe(requestedEdition(context, options));
    printResult(context, options, {
      data: {
        issuer,
        edition,
        ...state,
        management_client_id: clientId,
        ...(options.revealSecrets && { management_client_secret: clientSecret }),
      },
      human: (paint) =>
        `${paint.bold('Local tenant')}\n` +
        rows(paint, [
          ['issuer', issuer],
          ['edition', edition],
          state.database === null ? ['state', printable(state.state)] : ['database', printable(state.database)],
          ['Management API client', clientId],
          ['client secret', 'anon-cli local show --reveal-secrets --field management_client_secret'],
        ]),
    });
  },
});
