import { printResult } from '../../output/output.ts';
import { profileData, renderProfiles } from '../../render/profile.ts';
import { profileInUse } from '../../tenant/profile-in-use.ts';
import { defineCommand } from '../define-command.ts';

export const profileListCommand = defineCommand({
  description: 'list profiles, and mark the one that commands use',
  calls: 'nothing',
  result: 'list',
  examples: ['profile list'],
  async run(context, _args, options) {
    const store = await context.profiles();
    const profiles = await Promise.all((await store.list()).map((profile) => context.withEdition(profile)));
    const [current, inUse] = [await store.current(), await profileInUse(context)];
    if (inUse.profile?.name !== current) context.warn(inUse.sentence);
    printResult(context, options, {
      data: profiles.map((profile) => profileData(profile, current, profile.name === inUse.profile?.name)),
      human: (paint) => renderProfiles(paint, profiles, inUse.profile?.name),
    });
  },
});
