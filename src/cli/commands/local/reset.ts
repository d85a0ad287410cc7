import { localProfileName } from '../../../domain/profile/name.ts';
import { AnonError } from '../../../errors.ts';
import { printResult } from '../../output/output.ts';
import { requestedEdition } from '../../tenant/access.ts';
import { whyNobodyIsAsked } from '../../world/unattended.ts';
import { defineCommand } from '../define-command.ts';

export const localResetCommand = defineCommand({
  description: 'reset the local tenant: new keys, one disabled application, one closed API',
  options: { '-y, --yes': "don't ask for confirmation" },
  calls: 'nothing',
  examples: ['local reset --yes', 'local reset --yes --edition ea'],
  notes: 'Without --edition, the new tenant has the same edition as the old one.',
  async run(context, _args, options) {
    const edition = requestedEdition(context, options);
    const { terminal } = context;
    if (!options.yes && !terminal.interactive) {
      throw new AnonError(
        'usage',
        `Resetting the local tenant needs confirmation, and ${whyNobodyIsAsked(terminal)}.`,
        {
          hint: `Run: anon-cli local reset${options.edition === undefined ? '' : ` --edition ${options.edition}`} --yes`,
        },
      );
    }
    if (!options.yes && !(await context.confirm('Delete all applications, APIs and keys of the local tenant?'))) {
      throw new AnonError('failed', 'The reset was declined; nothing was changed.');
    }
    const local = await context.local();
    const newEdition = await local.reset(edition);
    // Its sessions and the defaults of its profile are useless now.
    await (await context.sessions({ name: localProfileName })).forgetAll();
    await (await context.profiles()).change(localProfileName, (before) => before && { name: before.name });
    printResult(context, options, {
      data: { reset: true, state: local.statePath, edition: newEdition },
      human: (paint) =>
        `${paint.green('✔')} Reset the local tenant, in edition ${newEdition}\n${paint.dim('Next: anon-cli quickstart\n')}`,
    });
  },
});
