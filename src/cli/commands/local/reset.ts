import { Command } from 'commander';
import { localProfileName } from '../../../domain/profile/name.ts';
import { AnonError } from '../../../errors.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { requestedEdition } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import { whyNobodyIsAsked } from '../../world/unattended.ts';

export interface LocalResetOptions extends GlobalOptions {
  readonly yes?: true;
}

export function localResetCommand(context: Context, run = resetLocal): Command {
  const command = new Command('reset')
    .description('start the local tenant over: new keys, one closed app, one closed API')
    .option('-y, --yes', 'do not ask')
    .action((options: LocalResetOptions) => run(context, options));
  return withExample(
    command,
    'local reset --yes --edition ea',
    'With --edition the new tenant speaks that one; without, the one it spoke before.',
  );
}

async function resetLocal(context: Context, options: LocalResetOptions): Promise<void> {
  const edition = requestedEdition(context, options);
  if (!options.yes && !(await confirmed(context, options))) {
    throw new AnonError('failed', 'The reset was declined; nothing was changed.');
  }
  const local = await context.local();
  const speaks = await local.reset(edition);
  // What was chosen and remembered there is gone with it.
  await (await context.sessions({ name: localProfileName })).forgetAll();
  await (await context.profiles()).change(localProfileName, (before) => before && { name: before.name });
  printResult(context, options, {
    data: { reset: true, state: local.statePath, edition: speaks },
    human: (paint) =>
      `${paint.green('✔')} The local tenant starts over, in edition ${speaks}\n${paint.dim('Next: anon-cli quickstart\n')}`,
  });
}

async function confirmed(context: Context, { edition }: LocalResetOptions): Promise<boolean> {
  if (!context.terminal.interactive) {
    throw new AnonError('usage', `This deletes the local tenant, and ${whyNobodyIsAsked(context.terminal)}.`, {
      hint: `Add --yes: anon-cli local reset${edition === undefined ? '' : ` --edition ${edition}`} --yes`,
    });
  }
  return context.confirm('Delete all applications, APIs and keys of the local tenant?');
}
