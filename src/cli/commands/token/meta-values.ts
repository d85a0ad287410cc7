import { AnonError, isAnonError, reworded } from '../../../errors.ts';
import type { Context } from '../../world/context.ts';

/** An assignment of `--meta` whose value stands elsewhere: `key=@file`, `key:=@file.json`, `key=-`. */
const elsewhere = /^([^=]*=)(@|-$)/;

/** Whether one of `--meta` reads stdin. @throws {AnonError} `usage` when several do */
export function metaReadsStdin(assignments: readonly string[]): boolean {
  const readers = assignments.filter((assignment) => elsewhere.exec(assignment)?.[2] === '-');
  if (readers.length > 1) throw new AnonError('usage', 'Only one --meta can read stdin.');
  return readers.length === 1;
}

/**
 * The assignments of `--meta` with the values that stand in files or come from stdin; what `$(…)` would cut off is cut
 * off. `\@` and `\-` at the start of a value are the character itself.
 * @throws {AnonError} `usage`, repeating nothing of a value
 */
export async function readMetaValues(context: Context, assignments: readonly string[]): Promise<string[]> {
  const read: string[] = [];
  for (const assignment of assignments) read.push(await readValue(context, assignment));
  return read;
}

async function readValue({ terminal, readFile }: Context, assignment: string): Promise<string> {
  const [start = '', before = '', from] = elsewhere.exec(assignment) ?? [];
  if (from === undefined) return assignment.replace(/^([^=]*=)\\(?=@|-$)/, '$1');
  if (from === '-') return before + withoutLineEnds(await terminal.readStdin());
  try {
    return before + withoutLineEnds(await readFile(assignment.slice(start.length)));
  } catch (error) {
    if (!isAnonError(error)) throw error;
    // What stands behind the @ may have been meant as the value.
    const [, reason = '.'] = /( cannot be read: [^:]*)$/.exec(error.message) ?? [];
    throw reworded(error, {
      message: `The file of --meta ${before.slice(0, 60)}@…${reason}`,
      hint: `For a text that begins with @ write ${before.slice(0, 60)}\\@…`,
    });
  }
}

/** Without those at the end. A pattern would begin anew at each, and a file may be nothing else. */
function withoutLineEnds(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end -= text[end - 2] === '\r' ? 2 : 1;
  return text.slice(0, end);
}
