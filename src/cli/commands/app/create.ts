import { Command } from 'commander';
import { checkNameIsFree, planAppCreation } from '../../../domain/app/lifecycle.ts';
import { clientTypes } from '../../../wire/client.ts';
import { knownWord, typeWord } from '../../options/choice.ts';
import { withExample } from '../../options/example.ts';
import { appData, renderApp } from '../../render/app.ts';
import { accessToWrite, addWriteOptions, type WriteOptions, writeAndShow } from '../../tenant/write.ts';
import type { Context } from '../../world/context.ts';

export interface AppCreateOptions extends WriteOptions {
  readonly type: string;
  readonly enable?: true;
  readonly allowDuplicate?: true;
  readonly revealSecrets?: true;
}

export function appCreateCommand(context: Context, run = createAndShow): Command {
  const command = addWriteOptions(
    new Command('create')
      .description('create an application')
      .argument('<name>', 'what to call it')
      .option('--type <type>', clientTypes.join(', '), 'spa')
      .option('--enable', 'let it create guest sessions right away')
      .option('--allow-duplicate', 'make it although there is one of that name')
      .option('--reveal-secrets', 'put the client secret into --json and --field'),
  ).action((name: string, options: AppCreateOptions) => run(context, name, options));
  return withExample(command, 'app create kiosk --type native --enable');
}

async function createAndShow(context: Context, name: string, options: AppCreateOptions): Promise<void> {
  const type = knownWord(options.type, clientTypes, typeWord);
  const access = await accessToWrite(context, options);
  const look = async () => {
    if (!options.allowDuplicate) await checkNameIsFree(access.tenant, name);
    return { plan: await planAppCreation(access.tenant, { name, type, enabled: options.enable === true }) };
  };
  await writeAndShow(context, options, access, look, {
    data: (app) => appData(app, { revealSecrets: options.revealSecrets === true }),
    headline: (app, paint) => `Created application ${renderApp(paint, app).trimEnd()}`,
  });
}
