import type { World } from '../world/context.ts';
import { type Candidate, type Expected, expectedAfter } from './expect.ts';
import type { Request } from './request.ts';
import { answerLines, openQuotes, readWord } from './shells.ts';
import type { CompletionTree } from './tree.ts';

/**
 * Prints what can follow at the cursor, for the script of a shell. Any failure prints nothing: somebody is typing, and
 * neither an error nor a question may interrupt that.
 */
export async function answer(
  { shell, words, typed }: Request,
  world: World,
  readTree: () => Promise<CompletionTree>,
): Promise<void> {
  try {
    const before = words.map((word) => readWord(shell, word));
    const current = readWord(shell, typed);
    const { lookUp, ...expected } = expectedAfter(await readTree(), before, current);
    // Bash inserts the common beginning of all candidates; the other shells match with or without case, as configured.
    const fits =
      shell === 'bash'
        ? (text: string) => text.startsWith(current)
        : (text: string) => text.toLowerCase().startsWith(current.toLowerCase());
    const found: Candidate[] = lookUp ? await (await import('./live-names.ts')).liveNames(lookUp, fits, world) : [];
    const fitting: Omit<Expected, 'lookUp'> = {
      ...expected,
      candidates: [...expected.candidates.filter(({ text }) => fits(text)), ...found],
    };
    const quote = openQuotes.find((one) => one === world.env.ANON_CLI_OPEN_QUOTE) ?? '';
    const lines = answerLines(shell, fitting, { typed, quote });
    if (lines !== '') world.terminal.result(`${lines}\n`);
  } catch {}
}
