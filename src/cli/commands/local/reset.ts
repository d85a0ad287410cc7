import { AnonError } from '../../../errors.ts';
import { predictableWarning, seedRandomOption } from '../../options/seed-random.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { refuseOtherTenants } from '../../tenant/local-access.ts';
import { removeSavedData } from '../../tenant/local-profile.ts';
import { whyNobodyIsAsked } from '../../world/unattended.ts';
import { defineCommand } from '../define-command.ts';
import { stateData } from './state-data.ts';

export const localResetCommand = defineCommand({
  description: 'reset the local tenant: new keys, one disabled application, one closed API',
  options: { '-y, --yes': "don't ask for confirmation", '--seed-random <n>': seedRandomOption },
  calls: 'nothing',
  examples: ['local reset --yes', 'local reset --yes --edition ea', 'local reset --yes --seed-random 42'],
  notes:
    'Without --edition, the new tenant has the same edition as the old one. A database is reset for everyone who uses it. ' +
    'With --seed-random, the keys and ids of the new tenant are the same in every run; so are its tokens, where the same commands follow ' +
    'and its clock stands still.',
  async run(context, _args, options) {
    await refuseOtherTenants(context, options);
    const edition = requestedEdition(context, options);
    const { terminal } = context;
    const local = await context.local();
    const { database } = stateData(local);
    const where = database === null ? '' : ` in ${printable(database)}`;
    if (!options.yes && !terminal.interactive) {
      throw new AnonError(
        'usage',
        `Resetting the local tenant${where} needs confirmation, and ${whyNobodyIsAsked(terminal)}.`,
        {
          hint: `Run: anon-cli local reset${options.edition === undefined ? '' : ` --edition ${options.edition}`}${options.seedRandom === undefined ? '' : ` --seed-random ${options.seedRandom}`} --yes`,
        },
      );
    }
    const everyone = where && ', for everyone who uses it';
    const question = `Delete the local tenant's applications, APIs, users and keys${where}${everyone}?`;
    if (!options.yes && !(await context.confirm(question))) {
      throw new AnonError('failed', 'The reset was declined; nothing was changed.');
    }
    const newEdition = await local.reset(edition, options.seedRandom);
    // Its sessions and the defaults of its profile are useless now.
    await removeSavedData(context);
    if (options.seedRandom !== undefined) context.warn(predictableWarning);
    printResult(context, options, {
      data: { reset: true, ...stateData(local), edition: newEdition },
      human: (paint) =>
        `${paint.green('✔')} Reset the local tenant${where}, in edition ${newEdition}\n${paint.dim('Next: anon-cli quickstart\n')}`,
    });
  },
});
