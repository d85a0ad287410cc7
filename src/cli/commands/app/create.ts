import { checkNameIsFree, planAppCreation } from '../../../domain/app/lifecycle.ts';
import { clientTypes } from '../../../wire/client.ts';
import { knownWord, typeWord } from '../../options/parse.ts';
import { appData, renderApp } from '../../render/app.ts';
import type { Access } from '../../tenant/access.ts';
import { changeTenant, writeOptions } from '../../tenant/write.ts';
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
    const plan = async ({ tenant }: Access) => {
      if (!options.allowDuplicate) await checkNameIsFree(tenant, name);
      return { plan: await planAppCreation(tenant, { name, type, enabled: options.enable === true }) };
    };
    await changeTenant(context, options, plan, {
      data: (app) => appData(app, { revealSecrets: options.revealSecrets === true }),
      headline: (app, paint) => `Created application ${renderApp(paint, app).trimEnd()}`,
    });
  },
});
