import { AnonError } from '../../errors.ts';
import { numberOfLine } from './guest-line.ts';
import type { TextLine } from './metadata-lines.ts';

/** What an earlier run has written. */
export interface MadeBefore {
  readonly count: number;
  /** Bytes up to the end of the last whole line: what stands behind was cut off in the middle. */
  readonly endOffset: number;
  has(n: number): boolean;
}

/**
 * Reads the lines of a run of `count` guests that ended early, none of which is kept.
 * @throws {AnonError} `usage` when they are not of such a run: then nothing may be appended to them
 */
export async function readMadeBefore(lines: AsyncIterable<TextLine>, count: number): Promise<MadeBefore> {
  const seen = new Uint8Array(count + 1);
  let made = 0;
  let endOffset = 0;
  for await (const { text, whole, endOffset: end } of lines) {
    if (!whole) break;
    const n = numberOfLine(text);
    const problem = n === undefined || n < 1 ? 'is none of a guest' : outOfPlace(n, count, seen);
    if (n === undefined || problem) throw notResumable(made + 1, problem ?? '');
    seen[n] = 1;
    made += 1;
    endOffset = end;
  }
  return { count: made, endOffset, has: (n) => seen[n] === 1 };
}

function outOfPlace(n: number, count: number, seen: Uint8Array): string | undefined {
  if (n > count) return `is of guest ${n}, and --count says ${count}`;
  return seen[n] ? `is of guest ${n}, who has one before it` : undefined;
}

function notResumable(line: number, problem: string): AnonError {
  return new AnonError('usage', `Line ${line} of the file to resume ${problem}.`, {
    hint: 'Resume with the file and the --count of the run that ended early. Nothing was changed.',
  });
}
