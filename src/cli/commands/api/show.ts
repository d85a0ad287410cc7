import { findApiWithGrants } from '../../../domain/api/find.ts';
import { grantHolderNames } from '../../../domain/app/read.ts';
import { printResult } from '../../output/output.ts';
import { apiData, renderApi } from '../../render/api.ts';
import { accessTenant } from '../../tenant/access.ts';
import { defineCommand } from '../define-command.ts';

export const apiShowCommand = defineCommand({
  description: 'show one API with its scopes, and which of them guests get',
  args: { '<api>': 'its name, audience or id' },
  calls: 'tenant',
  examples: ['api show shop'],
  async run(context, { api: reference }, options) {
    const { tenant } = await accessTenant(context, options);
    const api = await findApiWithGrants(tenant, reference);
    const names = await grantHolderNames(tenant, api);
    printResult(context, options, { data: apiData(api), human: (paint) => renderApi(paint, api, names) });
  },
});
