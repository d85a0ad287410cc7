import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { rows } from '../../render/rows.ts';
import { requestedEdition } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

interface LocalShowOptions extends GlobalOptions {
  readonly revealSecrets?: true;
}

export function localShowCommand(context: Context, run = showLocal): Command {
  const command = new Command('show')
    .description('show where the local tenant is kept, and how to configure it over HTTP')
    .option('--reveal-secrets', 'put the client secret into --json and --field')
    .action((options: LocalShowOptions) => run(context, options));
  return withExample(command, 'local show');
}

async function showLocal(context: Context, options: LocalShowOptions): Promise<void> {
  const local = await context.local();
  const { issuer, edition, clientId, clientSecret } = await local.describe(requestedEdition(context, options));
  printResult(context, options, {
    data: {
      issuer,
      edition,
      state: local.statePath,
      management_client_id: clientId,
      ...(options.revealSecrets && { management_client_secret: clientSecret }),
    },
    human: (paint) =>
      `${paint.bold('Local tenant')}\n` +
      rows(paint, [
        ['issuer', issuer],
        ['edition', edition],
        ['state', printable(local.statePath)],
        ['Management API client', clientId],
        ['its secret', 'anon-cli local show --reveal-secrets --field management_client_secret'],
      ]),
  });
}
