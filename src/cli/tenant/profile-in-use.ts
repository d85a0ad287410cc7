import type { Profile } from '../../domain/profile/profile.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { isAnonError } from '../../errors.ts';
import { printable } from '../render/printable.ts';
import type { Context } from '../world/context.ts';
import { selectProfile } from './access.ts';

/** The profile that commands use without --profile. */
export interface InUse {
  /** Undefined when they fail to select one. */
  readonly profile: Profile | undefined;
  /** The profile in a sentence, with the reason when it is not the current one. */
  readonly sentence: string;
  /** The environment overrides the current profile. */
  readonly overridden: boolean;
}

/** Selects by the same rule as commands do. Not cached, because a command may just have saved another profile. */
export async function profileInUse(context: Context): Promise<InUse> {
  try {
    const { profile, because } = await selectProfile(context, {});
    const name = printable(profile.name);
    const sentences = {
      AUTH0_DOMAIN: profile.adHoc
        ? `Commands use ${printable(profile.domain ?? '')} (from AUTH0_DOMAIN).`
        : `Commands use profile ${name} (its tenant is in AUTH0_DOMAIN).`,
      ANON_PROFILE: `Commands use profile ${name} (from ANON_PROFILE).`,
      current: `Commands now use profile ${name}.`,
    };
    const reason = because === 'AUTH0_DOMAIN' || because === 'ANON_PROFILE' ? because : 'current';
    return { profile, sentence: sentences[reason], overridden: reason !== 'current' };
  } catch (error) {
    if (!isAnonError(error) || !['usage', 'not_found', 'state_unusable'].includes(error.code)) throw error;
    return { profile: undefined, sentence: `Commands without --profile fail: ${error.message}`, overridden: true };
  }
}

/** Warns when commands don't use the profile that was just made the current one. */
export function warnIfNotUsed({ warn }: Pick<Context, 'warn'>, name: string, { profile, sentence }: InUse): void {
  if (profile?.name !== name) warn(`${sentence} To use this profile: --profile ${shellWord(name)}`);
}

/** What names the place of the local tenant's state in `profile`, as it is used; undefined: nothing, so it is in the file. */
export function databaseSource(
  { env }: Pick<Context, 'env'>,
  { domain, database }: Profile,
): 'ANON_DATABASE_URL' | 'profile' | undefined {
  if (domain !== undefined) return undefined;
  if (env.ANON_DATABASE_URL) return 'ANON_DATABASE_URL';
  return database === undefined ? undefined : 'profile';
}
