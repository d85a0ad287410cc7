import { Command } from 'commander';
import { createApi } from '../../../domain/api/create.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { apiData, renderApi } from '../../render/api.ts';
import { sentData, sentText } from '../../render/sent.ts';
import { scopeList } from '../../scope-list.ts';
import { accessTenant } from '../../tenant-access.ts';

export interface ApiCreateOptions extends GlobalOptions {
  readonly audience: string;
  readonly scopes?: string;
}

export function apiCreateCommand(context: Context, run = createAndShow): Command {
  const command = new Command('create')
    .description('create an API, closed to guests')
    .argument('<name>', 'what to call it')
    .requiredOption('--audience <uri>', 'its identifier, the aud of its tokens; it cannot change later')
    .option('--scopes <list>', 'the scopes it defines, joined by commas')
    .action((name: string, options: ApiCreateOptions) => run(context, name, options));
  return withExample(command, 'api create news --audience https://news.example --scopes read:news');
}

async function createAndShow(context: Context, name: string, options: ApiCreateOptions): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const scopes = scopeList(options.scopes ?? '');
  const { api, sent } = await createApi(tenant, { name, audience: options.audience, scopes });
  printResult(context, options, {
    data: { ...apiData(api), sent: sentData(sent) },
    human: (paint) => `${paint.green('✔')} Created API ${renderApi(paint, api)}${sentText(paint, sent)}`,
  });
}
