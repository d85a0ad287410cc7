import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { profileData, renderProfiles } from '../../render/profile.ts';
import { profileInUse } from '../../tenant/profile-in-use.ts';
import type { Context } from '../../world/context.ts';

export function profileListCommand(context: Context, run = printProfiles): Command {
  const command = new Command('list')
    .description('list the profiles; the one that commands use is marked')
    .action((options: GlobalOptions) => run(context, options));
  return withExample(command, 'profile list');
}

async function printProfiles(context: Context, options: GlobalOptions): Promise<void> {
  const store = await context.profiles();
  const profiles = await Promise.all((await store.list()).map((profile) => context.withEdition(profile)));
  const [current, inUse] = [await store.current(), await profileInUse(context)];
  if (inUse.profile?.name !== current) context.warn(inUse.sentence);
  printResult(context, options, {
    data: profiles.map((profile) => profileData(profile, current, profile.name === inUse.profile?.name)),
    human: (paint) => renderProfiles(paint, profiles, inUse.profile?.name),
  });
}
