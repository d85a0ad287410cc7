import { listApps } from '../../../domain/app/read.ts';
import { explainEmptyList, listed, listOptions } from '../../options/list.ts';
import { printResult } from '../../output/output.ts';
import { appData, renderApps } from '../../render/app.ts';
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
