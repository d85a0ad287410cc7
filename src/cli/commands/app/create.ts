import { Command } from 'commander';
import { createApp } from '../../../domain/app/create.ts';
import { mostSimilar } from '../../../domain/similar.ts';
import { AnonError } from '../../../errors.ts';
import { type ClientType, clientTypes } from '../../../wire/client.ts';
import type { Context } from '../../context.ts';
import { withExample } from '../../example.ts';
import type { GlobalOptions } from '../../global-options.ts';
import { printResult } from '../../output.ts';
import { appData, renderApp } from '../../render/app.ts';
import { sentData, sentText } from '../../render/sent.ts';
import { accessTenant } from '../../tenant-access.ts';

export interface AppCreateOptions extends GlobalOptions {
  readonly type: string;
  readonly enable?: true;
  readonly revealSecrets?: true;
}

export function appCreateCommand(context: Context, run = createAndShow): Command {
  const command = new Command('create')
    .description('create an application')
    .argument('<name>', 'what to call it')
    .option('--type <type>', clientTypes.join(', '), 'spa')
    .option('--enable', 'let it create guest sessions right away')
    .option('--reveal-secrets', 'put the client secret into --json and --field')
    .action((name: string, options: AppCreateOptions) => run(context, name, options));
  return withExample(command, 'app create kiosk --type native --enable');
}

async function createAndShow(context: Context, name: string, options: AppCreateOptions): Promise<void> {
  const type = parseType(options.type);
  const { tenant } = await accessTenant(context, options);
  const { app, sent } = await createApp(tenant, { name, type, enabled: options.enable === true });
  printResult(context, options, {
    data: { ...appData(app, { revealSecrets: options.revealSecrets === true }), sent: sentData(sent) },
    human: (paint) => `${paint.green('✔')} Created application ${renderApp(paint, app)}${sentText(paint, sent)}`,
  });
}

function parseType(text: string): ClientType {
  const type = clientTypes.find((candidate) => candidate === text);
  if (type) return type;
  const similar = mostSimilar(text, clientTypes);
  throw new AnonError('usage', `'${text.slice(0, 40)}' is not a type of application.`, {
    hint: similar ? `Did you mean ${similar}?` : `The types are ${clientTypes.join(', ')}.`,
  });
}
