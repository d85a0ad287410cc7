import { Command } from 'commander';
import { localProfileName } from '../../../domain/profile/name.ts';
import { AnonError } from '../../../errors.ts';
import { confirmProfileLoss } from '../../input/confirmation.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { selectProfile } from '../../tenant/access.ts';
import { profileInUse } from '../../tenant/profile-in-use.ts';
import type { Context } from '../../world/context.ts';
import { forgetSecrets } from '../../world/forget-secrets.ts';

export interface ProfileRemoveOptions extends GlobalOptions {
  readonly yes?: true;
}

export function profileRemoveCommand(context: Context, run = removeProfile): Command {
  const command = new Command('remove')
    .description('forget a tenant: its credentials and its sessions')
    .argument('<name>', 'its name')
    .option('-y, --yes', 'do not ask, also where it is marked production or has saved sessions')
    .action((name: string, options: ProfileRemoveOptions) => run(context, name, options));
  return withExample(command, 'profile remove acme');
}

async function removeProfile(context: Context, name: string, options: ProfileRemoveOptions): Promise<void> {
  // One that lost its domain is of no use, and goes like any other.
  const stored = await (await context.profiles()).get(name);
  const profile = stored ?? (await selectProfile(context, { ...options, profile: name })).profile;
  if (profile.domain === undefined && profile.name === localProfileName) {
    throw new AnonError('usage', "The embedded tenant's profile stays.", {
      hint: 'To start it over: anon-cli local reset',
    });
  }
  await confirmProfileLoss(context, profile, options, 'Remove it?');
  await forgetSecrets(context, profile);
  const profiles = await context.profiles();
  const before = await profileInUse(context);
  await profiles.change(profile.name, () => undefined);
  const now = await profileInUse(context);
  printResult(context, options, {
    data: { removed: profile.name },
    human: (paint) =>
      `${paint.green('✔')} Profile ${printable(profile.name)} is gone. On the tenant nothing changed.\n` +
      (now.sentence === before.sentence ? '' : `  ${now.sentence}\n`),
  });
}
