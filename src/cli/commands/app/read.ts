import { findApp } from '../../../domain/app/find.ts';
import { listApps, readApp } from '../../../domain/app/read.ts';
import { explainEmptyList, listed, listOptions } from '../../options/list.ts';
import { printResult } from '../../output/output.ts';
import { appData, renderApp, renderApps } from '../../render/app.ts';
import { accessTenant } from '../../tenant/access.ts';
import { defineCommand } from '../define-command.ts';

export const appListCommand = defineCommand({
  description: 'list applications, and whether each may create guest sessions',
  options: listOptions,
  calls: 'tenant',
  result: 'list',
  examples: ['app list --search web'],
  async run(context, _args, options) {
    const { tenant } = await accessTenant(context, options);
    const all = await listApps(tenant);
    const apps = listed(all, options, {
      isOpen: ({ enabled }) => enabled,
      searchedOf: ({ name, clientId }) => ({ name, ids: [clientId] }),
    });
    const empty = explainEmptyList(all, options, 'applications');
    printResult(context, options, {
      data: apps.map((app) => appData(app)),
      human: (paint) => (apps.length === 0 && empty) || renderApps(paint, apps),
    });
  },
});

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
