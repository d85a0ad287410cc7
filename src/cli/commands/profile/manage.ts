import { localProfileName } from '../../../domain/profile/name.ts';
import { AnonError } from '../../../errors.ts';
import { confirmProfileLoss } from '../../input/confirmation.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { profileData } from '../../render/profile.ts';
import { selectProfile } from '../../tenant/access.ts';
import { profileInUse, warnIfNotUsed } from '../../tenant/profile-in-use.ts';
import { removeSecrets } from '../../world/secret-stores.ts';
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

export const profileRemoveCommand = defineCommand({
  description: 'remove a profile with its credentials and sessions from this machine',
  args: { '<profile>': 'its name' },
  options: { '-y, --yes': "don't ask for confirmation, even if it is marked production or has sessions" },
  calls: 'nothing',
  examples: ['profile remove acme'],
  async run(context, { profile: name }, options) {
    // Not through selectProfile: a profile that lost its domain can be removed too.
    const stored = await (await context.profiles()).get(name);
    const profile = stored ?? (await selectProfile(context, { ...options, profile: name })).profile;
    if (profile.domain === undefined && profile.name === localProfileName) {
      throw new AnonError('usage', "The local tenant's profile can't be removed.", {
        hint: 'To reset the local tenant: anon-cli local reset',
      });
    }
    await confirmProfileLoss(context, profile, options, 'Remove it?');
    await removeSecrets(context, profile);
    const before = await profileInUse(context);
    await (await context.profiles()).change(profile.name, () => undefined);
    const now = await profileInUse(context);
    printResult(context, options, {
      data: { removed: profile.name },
      human: (paint) =>
        `${paint.green('✔')} Removed profile ${printable(profile.name)}. The tenant itself is unchanged.\n` +
        (now.sentence === before.sentence ? '' : `  ${now.sentence}\n`),
    });
  },
});
