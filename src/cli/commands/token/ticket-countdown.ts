import { isAnonError } from '../../../errors.ts';
import type { Context } from '../../world/context.ts';

const eraseLine = '\r\u001b[2K';

/** Counts down on one line of a terminal what a ticket has left, until it is over or Ctrl-C. */
export async function countTicketDown({ terminal, clock }: Context, endsAtMs: number, again: string): Promise<void> {
  try {
    for (let leftMs = endsAtMs - clock.now(); leftMs > 0; leftMs = endsAtMs - clock.now()) {
      const left = `good for ${Math.ceil(leftMs / 1000)} s more`;
      const line = `${left}, once; Ctrl-C leaves it`;
      terminal.note(`${eraseLine}${line.length < terminal.noteColumns ? line : left}`);
      await clock.wait(leftMs % 1000 || 1000);
    }
    terminal.note(`${eraseLine}The ticket is over. Another: ${again}\n`);
  } catch (error) {
    // It is there all the same, and whoever has it may be using it.
    if (!isAnonError(error) || error.code !== 'interrupted') throw error;
    terminal.note(eraseLine);
  }
}
