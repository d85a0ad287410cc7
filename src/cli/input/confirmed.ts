import { AnonError } from '../../errors.ts';
import type { Context } from '../world/context.ts';
import { whyNobodyIsAsked } from '../world/unattended.ts';

/**
 * Asks before something on this machine is given up that is not had again by itself; `--yes` answers. `fact` says why it
 * is asked, `question` what.
 * @throws {AnonError} `usage` when there is nobody to ask, `failed` when the answer is no
 */
export async function confirmed(
  { terminal, confirm }: Pick<Context, 'terminal' | 'confirm'>,
  { yes }: { readonly yes?: true },
  { fact, question }: { fact: string; question: string },
): Promise<void> {
  if (yes) return;
  if (!terminal.interactive) {
    throw new AnonError('usage', `${fact}, and ${whyNobodyIsAsked(terminal)}.`, {
      hint: 'To go on all the same: --yes',
    });
  }
  if (await confirm(`${fact}. ${question}`)) return;
  throw new AnonError('failed', 'That was declined; nothing was changed.');
}
