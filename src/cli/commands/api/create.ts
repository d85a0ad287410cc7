import { checkNameIsFree, planApiCreation } from '../../../domain/api/lifecycle.ts';
import { scopeList } from '../../options/parse.ts';
import { apiData, renderApi } from '../../render/api.ts';
import { accessToWrite, writeAndShow, writeOptions } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';

export const apiCreateCommand = defineCommand({
  description: 'create an API, closed to guests',
  args: { '<name>': 'its name' },
  options: {
    '--audience <uri>': {
      description: "its identifier and the aud of its tokens; can't be changed later",
      required: true,
    },
    '--scopes <list>': 'the scopes it defines, joined by commas',
    '--allow-duplicate': 'create it even if an API has this name',
    ...writeOptions,
  },
  calls: 'tenant',
  examples: ['api create news --audience https://news.example --scopes read:news'],
  async run(context, { name }, options) {
    const access = await accessToWrite(context, options);
    const scopes = scopeList(options.scopes ?? '');
    const look = async () => {
      if (!options.allowDuplicate) await checkNameIsFree(access.tenant, name);
      return { plan: await planApiCreation(access.tenant, { name, audience: options.audience, scopes }) };
    };
    await writeAndShow(context, options, access, look, {
      data: (api) => apiData({ ...api, grants: [] }),
      headline: (api, paint) => `Created API ${renderApi(paint, { ...api, grants: [] }).trimEnd()}`,
    });
  },
});
