import type { SensitiveValue } from '../../../domain/session/metadata/sensitive.ts';
import { addToList, listInWords, type TruncatedList, truncateList } from '../../../domain/truncate.ts';
import { AnonError, isAnonError, reworded } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';

/** A `--meta` whose value is read from elsewhere: `key=@file`, `key:=@file.json`, `key=-`. */
const reference = /^([^=]*=)(@|-$)/;

/** Whether a `--meta` reads stdin. @throws {AnonError} `usage` when several do */
export function metaReadsStdin(assignments: readonly string[]): boolean {
  const readers = assignments.filter((assignment) => reference.exec(assignment)?.[2] === '-');
  if (readers.length > 1) throw new AnonError('usage', 'Only one --meta can read stdin.');
  return readers.length === 1;
}

/**
 * The assignments of `--meta` with the values read from files and stdin, without trailing line breaks as with `$(…)`. `\@`
 * and `\-` at the start of a value are the character itself.
 * @throws {AnonError} `usage`, repeating nothing of a value
 */
export async function readMetaValues(context: Context, assignments: readonly string[]): Promise<string[]> {
  const read: string[] = [];
  for (const assignment of assignments) read.push(await readValue(context, assignment));
  return read;
}

async function readValue({ terminal, readFile }: Context, assignment: string): Promise<string> {
  const [start = '', before = '', from] = reference.exec(assignment) ?? [];
  if (from === undefined) return assignment.replace(/^([^=]*=)\\(?=@|-$)/, '$1');
  if (from === '-') return before + withoutTrailingBreaks(await terminal.readStdin());
  try {
    return before + withoutTrailingBreaks(await readFile(assignment.slice(start.length)));
  } catch (error) {
    if (!isAnonError(error)) throw error;
    // The text after the @ may have been meant as the value, so it is not repeated.
    const [, reason = '.'] = /( cannot be read: [^:]*| can't be read: [^:]*)$/.exec(error.message) ?? [];
    throw reworded(error, {
      message: `The file of --meta ${before.slice(0, 60)}@…${reason}`,
      hint: `For a text that begins with @, write ${before.slice(0, 60)}\\@…`,
    });
  }
}

/** A loop, because a regular expression would start again at each break of a file that holds nothing else. */
function withoutTrailingBreaks(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end -= text[end - 2] === '\r' ? 2 : 1;
  return text.slice(0, end);
}

const sensitiveAdvice =
  'Session tokens contain the metadata, and Actions may log it: keep such data in your own store, and put only its id here.';

/**
 * Warns of metadata that looks sensitive; with `--strict` refuses it.
 * @throws {AnonError} `usage`, with the keys and nothing of the values
 */
export async function checkSensitive(
  context: Context,
  metadata: JsonObject | undefined,
  strict: true | undefined,
): Promise<void> {
  if (metadata === undefined) return;
  const { findSensitive } = await import('../../../domain/session/metadata/sensitive.ts');
  report(context, strict, 'In the metadata', truncateList(findSensitive(metadata)));
}

/** The same for the metadata of many guests: `inspect` each line, then `report`. */
export async function sensitiveLines(
  context: Context,
  strict: true | undefined,
): Promise<{ inspect: (metadata: JsonObject, line: number) => void; report: () => void }> {
  const { findSensitive } = await import('../../../domain/session/metadata/sensitive.ts');
  const found = truncateList<FoundValue>();
  return {
    inspect: (metadata, line) => {
      for (const value of findSensitive(metadata)) addToList(found, { ...value, line });
    },
    report: () => report(context, strict, 'In the metadata file', found),
  };
}

interface FoundValue extends SensitiveValue {
  readonly line?: number;
}

function report({ warn }: Context, strict: true | undefined, where: string, found: TruncatedList<FoundValue>): void {
  if (found.items.length === 0) return;
  const words = listInWords(found, ({ path, kind, line }) => {
    return `'${printable(path)}'${line ? ` in line ${line}` : ''} looks like ${kind}`;
  });
  const message = `${where}, ${words}.`;
  if (strict) throw new AnonError('usage', message, { hint: sensitiveAdvice });
  warn(`${message} ${sensitiveAdvice}`);
}
