import { localProfileName } from '../../../domain/profile/name.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { AnonError, isAnonError } from '../../../errors.ts';
import { tokenCache } from '../../../io/store/caches.ts';
import { confirmProfileLoss } from '../../input/confirmation.ts';
import { printResult } from '../../output/output.ts';
import { printable } from '../../render/printable.ts';
import { type ProfileView, profileData, profileViewData, renderProfile, renderProfiles } from '../../render/profile.ts';
import { selectProfile } from '../../tenant/access.ts';
import { databaseSource, profileInUse, warnIfNotUsed } from '../../tenant/profile-in-use.ts';
import type { Context } from '../../world/context.ts';
import { environmentCredentials } from '../../world/management-credentials.ts';
import { removeSecrets } from '../../world/secret-stores.ts';
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
