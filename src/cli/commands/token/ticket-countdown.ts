import { isAnonError } from '../../../errors.ts';
import { countDown } from '../../../io/terminal/countdown.ts';
import type { Context } from '../../world/context.ts';

/** Counts down on one line of a terminal until the ticket expires, or until Ctrl-C. */
export async function countTicketDown({ terminal, clock }: Context, endsAtMs: number, again: string): Promise<void> {
  const line = (leftMs: number) => {
    const left = `good for ${Math.ceil(leftMs / 1000)} s more`;
    const whole = `${left}, once; Ctrl-C leaves it`;
    return whole.length < terminal.noteColumns ? whole : left;
  };
  try {
    await countDown({ terminal, clock }, endsAtMs, line);
    terminal.note(`The ticket is over. Another: ${again}\n`);
  } catch (error) {
    // The ticket stays valid after Ctrl-C, so the command has succeeded.
    if (!isAnonError(error) || error.code !== 'interrupted') throw error;
  }
}
