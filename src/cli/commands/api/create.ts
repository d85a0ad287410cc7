import { Command } from 'commander';
import { checkNameIsFree, planApiCreation } from '../../../domain/api/lifecycle.ts';
import { withExample } from '../../options/example.ts';
import { scopeList } from '../../options/scopes.ts';
import { apiData, renderApi } from '../../render/api.ts';
import { accessToWrite, addWriteOptions, type WriteOptions, writeAndShow } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';

export interface ApiCreateOptions extends WriteOptions {
  readonly audience: string;
  readonly scopes?: string;
  readonly allowDuplicate?: true;
}

export function apiCreateCommand(context: Context, run = createAndShow): Command {
  const command = addWriteOptions(
    new Command('create')
      .description('create an API, closed to guests')
      .argument('<name>', 'what to call it')
      .requiredOption('--audience <uri>', 'its identifier, the aud of its tokens; it cannot change later')
      .option('--scopes <list>', 'the scopes it defines, joined by commas')
      .option('--allow-duplicate', 'make it although there is one of that name'),
  ).action((name: string, options: ApiCreateOptions) => run(context, name, options));
  return withExample(command, 'api create news --audience https://news.example --scopes read:news');
}

async function createAndShow(context: Context, name: string, options: ApiCreateOptions): Promise<void> {
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
}
