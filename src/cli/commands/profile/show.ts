import { Command } from 'commander';
import type { Profile } from '../../../domain/profile/profile.ts';
import { tokenCache } from '../../../io/store/management-token.ts';
import { withExample } from '../../options/example.ts';
import type { GlobalOptions } from '../../options/global.ts';
import { printResult } from '../../output/output.ts';
import { type ProfileView, profileViewData, renderProfile } from '../../render/profile.ts';
import { selectProfile } from '../../tenant/access.ts';
import { profileInUse } from '../../tenant/profile-in-use.ts';
import type { Context } from '../../world/context.ts';
import { environmentCredentials } from '../../world/environment-credentials.ts';

export function profileShowCommand(context: Context, run = showProfile): Command {
  const command = new Command('show')
    .description('show a profile: its tenant, what it uses there, and how it signs in')
    .argument('[name]', 'its name; without it the one that commands use')
    .action((name: string | undefined, options: GlobalOptions) => run(context, name, options));
  return withExample(command, 'profile show');
}

async function showProfile(context: Context, name: string | undefined, options: GlobalOptions): Promise<void> {
  const { profile } = await selectProfile(context, name === undefined ? options : { ...options, profile: name });
  const inUse = await profileInUse(context);
  const view: ProfileView = {
    profile: await context.withEdition(profile),
    inUse: inUse.profile?.name === profile.name,
    note: inUse.overridden ? inUse.sentence : undefined,
    current: await (await context.profiles()).current(),
    fromEnvironment: environmentCredentials(context, profile.domain) !== undefined,
    tokenSecondsLeft: await tokenSecondsLeft(context, profile),
  };
  printResult(context, options, { data: profileViewData(view), human: (paint) => renderProfile(paint, view) });
}

async function tokenSecondsLeft(context: Context, profile: Profile): Promise<number | undefined> {
  if (!profile.credentials) return undefined;
  const kept = await tokenCache(() => context.secretsOf(profile), profile.name, context.warn).get();
  return kept && Math.max(0, Math.floor((kept.endsAtMs - context.clock.now()) / 1000));
}
