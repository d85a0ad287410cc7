import type { Profile } from '../../../domain/profile/profile.ts';
import { isAnonError } from '../../../errors.ts';
import { tokenCache } from '../../../io/store/caches.ts';
import { printResult } from '../../output/output.ts';
import { type ProfileView, profileData, profileViewData, renderProfile, renderProfiles } from '../../render/profile.ts';
import { selectProfile } from '../../tenant/access.ts';
import { databaseSource, profileInUse } from '../../tenant/profile-in-use.ts';
import type { Context } from '../../world/context.ts';
import { environmentCredentials } from '../../world/management-credentials.ts';
import { defineCommand } from '../define-command.ts';

export const profileListCommand = defineCommand({
  description: 'list profiles, and mark the one that commands use',
  calls: 'nothing',
  result: 'list',
  examples: ['profile list'],
  async run(context, _args, options) {
    const store = await context.profiles();
    const profiles = await Promise.all((await store.list()).map((profile) => listed(context, profile)));
    const [current, inUse] = [await store.current(), await profileInUse(context)];
    if (inUse.profile?.name !== current) context.warn(inUse.sentence);
    printResult(context, options, {
      data: profiles.map((profile) => profileData(profile, current, profile.name === inUse.profile?.name)),
      human: (paint) => renderProfiles(paint, profiles, inUse.profile?.name),
    });
  },
});

/** With an invalid address of its database, a profile can be listed but not used. */
async function listed(context: Context, profile: Profile): Promise<Profile> {
  try {
    return await context.withEdition(await context.asUsed(profile));
  } catch (error) {
    if (!isAnonError(error)) throw error;
    return { ...profile, database: undefined };
  }
}

export const profileShowCommand = defineCommand({
  description: 'show a profile: its tenant, its defaults, and how it signs in',
  args: { '[profile]': 'its name (default: the profile that commands use)' },
  calls: 'nothing',
  examples: ['profile show'],
  async run(context, { profile: name }, options) {
    const { profile } = await selectProfile(context, name === undefined ? options : { ...options, profile: name });
    const inUse = await profileInUse(context);
    const view: ProfileView = {
      profile: await context.withEdition(profile),
      inUse: inUse.profile?.name === profile.name,
      note: inUse.overridden ? inUse.sentence : undefined,
      current: await (await context.profiles()).current(),
      databaseSource: databaseSource(context, profile),
      fromEnvironment: environmentCredentials(context, profile.domain) !== undefined,
      tokenSecondsLeft: await tokenSecondsLeft(context, profile),
    };
    printResult(context, options, { data: profileViewData(view), human: (paint) => renderProfile(paint, view) });
  },
});

async function tokenSecondsLeft(context: Context, profile: Profile): Promise<number | undefined> {
  if (!profile.credentials) return undefined;
  const token = await tokenCache(() => context.secretsOf(profile), profile.name, context.warn).get();
  return token && Math.max(0, Math.floor((token.endsAtMs - context.clock.now()) / 1000));
}
