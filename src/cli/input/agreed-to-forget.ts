import type { Profile } from '../../domain/profile/profile.ts';
import { printable } from '../render/printable.ts';
import type { Context } from '../world/context.ts';
import { confirmed } from './confirmed.ts';

/**
 * A profile that is marked, or has sessions which nothing brings back, is not given up by a slip.
 * @throws {AnonError} as {@link confirmed}
 */
export async function agreedToForget(
  context: Context,
  profile: Profile,
  options: { readonly yes?: true },
  question: string,
): Promise<void> {
  const { length } = await (await context.sessions(profile)).names();
  const facts = [
    ...(profile.production ? ['is marked production'] : []),
    ...(length > 0 ? [`has ${length} saved session${length === 1 ? '' : 's'}`] : []),
  ];
  if (facts.length === 0) return;
  const fact = `Profile '${printable(profile.name)}' ${facts.join(' and ')}`;
  await confirmed(context, options, { fact, question });
}
