import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { profileData } from '../../render/profile.ts';
import { selectProfile } from '../../tenant/access.ts';
import { profileInUse, warnIfNotUsed } from '../../tenant/profile-in-use.ts';
import { defineCommand } from '../define-command.ts';

export const profileUseCommand = defineCommand({
  description: 'make a profile the current one',
  args: { '<profile>': 'its name' },
  calls: 'nothing',
  examples: ['profile use local'],
  async run(context, args, options) {
    const { profile } = await selectProfile(context, { ...options, profile: args.profile });
    await (await context.profiles()).use(profile.name);
    const inUse = await profileInUse(context);
    warnIfNotUsed(context, profile.name, inUse);
    const used = inUse.profile?.name === profile.name;
    printResult(context, options, {
      data: profileData(await context.withEdition(profile), profile.name, used),
      human: (paint) => {
        const name = printable(profile.name);
        return `${paint.green('✔')} ${used ? `Commands now use profile ${name}` : `The current profile is now ${name}`}\n`;
      },
    });
  },
});
