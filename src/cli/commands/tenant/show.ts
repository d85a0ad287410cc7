import { readTenant } from '../../../domain/tenant/settings.ts';
import { printResult } from '../../output/output.ts';
import { renderTenant, tenantData } from '../../render/tenant.ts';
import { accessTenant } from '../../tenant/access.ts';
import { defineCommand } from '../define-command.ts';

export const tenantShowCommand = defineCommand({
  description: 'show the session lifetime, the session token format and the cookie',
  calls: 'tenant',
  examples: ['tenant show'],
  async run(context, _args, options) {
    const { tenant } = await accessTenant(context, options);
    const view = await readTenant(tenant);
    printResult(context, options, { data: tenantData(view), human: (paint) => renderTenant(paint, view) });
  },
});
