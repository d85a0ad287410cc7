import { checkNameIsFree, planAppCreation } from '../../../domain/app/lifecycle.ts';
import { clientTypes } from '../../../wire/client.ts';
import { knownWord, typeWord } from '../../options/parse.ts';
import { appData, renderApp } from '../../render/app.ts';
import { accessToWrite, writeAndShow, writeOptions } from '../../tenant/write.ts';
import { defineCommand } from '../define-command.ts';

export const appCreateCommand = defineCommand({
  description: 'create an application',
  args: { '<name>': 'its name' },
  options: {
    '--type <type>': { description: clientTypes.join(', '), values: clientTypes, default: 'spa' },
    '--enable': 'let it create guest sessions right away',
    '--allow-duplicate': 'create it even if an application has this name',
    '--reveal-secrets': 'include the client secret in --json and --field',
    ...writeOptions,
  },
  calls: 'tenant',
  examples: ['app create kiosk --type native --enable'],
  async run(context, { name }, options) {
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
  },
});
