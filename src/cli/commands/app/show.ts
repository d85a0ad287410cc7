import { findApp } from '../../../domain/app/find.ts';
import { readApp } from '../../../domain/app/read.ts';
import { printResult } from '../../output/output.ts';
import { appData, renderApp } from '../../render/app.ts';
import { accessTenant } from '../../tenant/access.ts';
import { defineCommand } from '../define-command.ts';

export const appShowCommand = defineCommand({
  description: 'show one application',
  args: { '<app>': 'its name or client id' },
  options: { '--reveal-secrets': 'include the client secret in --json and --field' },
  calls: 'tenant',
  examples: ['app show web'],
  async run(context, { app: reference }, options) {
    const { tenant } = await accessTenant(context, options);
    const found = await findApp(tenant, reference);
    const revealSecrets = options.revealSecrets === true;
    // The list that findApp reads has no secrets.
    const app = (revealSecrets && (await readApp(tenant, found.clientId))) || found;
    printResult(context, options, {
      data: appData(app, { revealSecrets }),
      human: (paint) => renderApp(paint, app),
    });
  },
});
