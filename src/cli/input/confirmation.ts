import type { Profile } from '../../domain/profile/profile.ts';
import { AnonError } from '../../errors.ts';
import { printable } from '../render/printable.ts';
import type { Context } from '../world/context.ts';
import { whyNobodyIsAsked } from '../world/unattended.ts';

/**
 * Asks before a command discards something on this machine that cannot be restored automatically; `--yes` agrees.
 * `fact` is the reason for asking, without a full stop.
 * @throws {AnonError} `usage` without a terminal, `failed` when the answer is no
 */
export async function requireConfirmation(
  { terminal, confirm }: Pick<Context, 'terminal' | 'confirm'>,
  { yes }: { readonly yes?: true },
  { fact, question }: { fact: string; question: string },
): Promise<void> {
  if (yes) return;
  if (!terminal.interactive) {
    throw new AnonError('usage', `${fact}, and ${whyNobodyIsAsked(terminal)}.`, { hint: 'To confirm, pass --yes.' });
  }
  if (await confirm(`${fact}. ${question}`)) return;
  throw new AnonError('failed', 'Declined; nothing was changed.');
}

/**
 * Asks before a profile is replaced or removed that is marked production or has saved sessions, which are lost with it.
 * @throws {AnonError} as {@link requireConfirmation}
 */
export async function confirmProfileLoss(
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
  await requireConfirmation(context, options, { fact, question });
}
