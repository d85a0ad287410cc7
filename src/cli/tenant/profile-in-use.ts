import type { Profile } from '../../domain/profile/profile.ts';
import { shellWord } from '../../domain/shell-word.ts';
import { isAnonError } from '../../errors.ts';
import { printable } from '../render/printable.ts';
import type { Context } from '../world/context.ts';
import { selectProfile } from './access.ts';

/** Which profile commands use now where no option names one, by the same rule as they do. */
export interface InUse {
  /** Undefined where they refuse to choose one. */
  readonly profile: Profile | undefined;
  /** In one sentence, with its reason where it is not the saved current profile. */
  readonly sentence: string;
  /** The reason is the environment, whatever is saved. */
  readonly overridden: boolean;
}

/** Looked up anew each time: what was saved a moment ago counts. */
export async function profileInUse(context: Context): Promise<InUse> {
  try {
    const { profile, because } = await selectProfile(context, {});
    const name = printable(profile.name);
    const sentences = {
      AUTH0_DOMAIN: profile.adHoc
        ? `Commands use ${printable(profile.domain ?? '')}, which AUTH0_DOMAIN names.`
        : `Commands use profile ${name}, whose tenant AUTH0_DOMAIN names.`,
      ANON_PROFILE: `Commands use profile ${name}, which ANON_PROFILE names.`,
      current: `Commands use profile ${name} now.`,
    };
    const reason = because === 'AUTH0_DOMAIN' || because === 'ANON_PROFILE' ? because : 'current';
    return { profile, sentence: sentences[reason], overridden: reason !== 'current' };
  } catch (error) {
    if (!isAnonError(error) || !['usage', 'not_found', 'state_unusable'].includes(error.code)) throw error;
    return { profile: undefined, sentence: `Commands without --profile fail: ${error.message}`, overridden: true };
  }
}

/** Warns where commands do not use the profile that was just made the current one, and says how to. */
export function warnIfNotUsed({ warn }: Pick<Context, 'warn'>, name: string, { profile, sentence }: InUse): void {
  if (profile?.name !== name) warn(`${sentence} For this one: --profile ${shellWord(name)}`);
}
