import { Command } from 'commander';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { profileData } from '../../render/profile.ts';
import { selectProfile } from '../../tenant/access.ts';
import { profileInUse, warnIfNotUsed } from '../../tenant/profile-in-use.ts';
import type { Context } from '../../world/context.ts';

export function profileUseCommand(context: Context, run = useProfile): Command {
  const command = new Command('use')
    .description('make a profile the current one')
    .argument('<name>', 'its name')
    .action((name: string, options: GlobalOptions) => run(context, name, options));
  return withExample(command, 'profile use local');
}

async function useProfile(context: Context, name: string, options: GlobalOptions): Promise<void> {
  const { profile } = await selectProfile(context, { ...options, profile: name });
  await (await context.profiles()).use(profile.name);
  const inUse = await profileInUse(context);
  warnIfNotUsed(context, profile.name, inUse);
  const used = inUse.profile?.name === profile.name;
  printResult(context, options, {
    data: profileData(await context.withEdition(profile), profile.name, used),
    human: (paint) => {
      const name = printable(profile.name);
      return `${paint.green('✔')} ${used ? `Commands now use profile ${name}` : `Profile ${name} is the current one`}\n`;
    },
  });
}
