import type { SensitiveValue } from '../../../domain/session/metadata/sensitive.ts';
import { addToList, listInWords, type TruncatedList, truncateList } from '../../../domain/truncate.ts';
import { AnonError } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';

const why =
  'Metadata is in the session token, and Actions may log it: keep such data in your own store, and put an id here.';

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
  const message = `${where} ${words}.`;
  if (strict) throw new AnonError('usage', message, { hint: why });
  warn(`${message} ${why}`);
}
