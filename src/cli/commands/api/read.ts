import { findApiWithGrants } from '../../../domain/api/find.ts';
import { withGrants } from '../../../domain/api/guest-grants.ts';
import { listApis } from '../../../domain/api/read.ts';
import { grantHolderNames } from '../../../domain/app/read.ts';
import { explainEmptyList, listed, listOptions } from '../../options/list.ts';
import { printResult } from '../../output/output.ts';
import { apiData, renderApi, renderApis } from '../../render/api.ts';
import { accessTenant } from '../../tenant/access.ts';
import { defineCommand } from '../define-command.ts';

export const apiListCommand = defineCommand({
  description: 'list APIs, whether each accepts guests, and the scopes guests get',
  options: listOptions,
  calls: 'tenant',
  result: 'list',
  examples: ['api list --enabled'],
  async run(context, _args, options) {
    const { tenant } = await accessTenant(context, options);
    const all = await listApis(tenant);
    const wanted = listed(all, options, {
      isOpen: ({ guests }) => guests.enabled,
      searchedOf: ({ name, audience, id }) => ({ name, ids: [audience, id] }),
    });
    const apis = await withGrants(tenant, wanted);
    const empty = explainEmptyList(all, options, 'APIs');
    printResult(context, options, {
      data: apis.map(apiData),
      human: (paint) => (apis.length === 0 && empty) || renderApis(paint, apis),
    });
  },
});

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
