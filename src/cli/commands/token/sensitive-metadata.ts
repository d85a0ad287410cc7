import type { SensitiveValue } from '../../../domain/session/sensitive.ts';
import { addToList, listInWords, type TruncatedList, truncateList } from '../../../domain/truncate.ts';
import { AnonError } from '../../../errors.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { printable } from '../../render/printable.ts';
import type { Context } from '../../world/context.ts';

const why =
  'Whoever has the session token keeps it, and Actions may log it: keep it in your own store, and put an id here.';

/**
 * Warns of what in the metadata looks as if it should not be there; with `--strict` refuses it.
 * @throws {AnonError} `usage`, naming where it is and nothing of it
 */
export async function checkSensitive(
  context: Context,
  metadata: JsonObject | undefined,
  strict: true | undefined,
): Promise<void> {
  if (metadata === undefined) return;
  const { findSensitive } = await import('../../../domain/session/sensitive.ts');
  tell(context, strict, 'In the metadata', truncateList(findSensitive(metadata)));
}

/** The same for the metadata of many guests: `look` at each line, then `tell`. */
export async function sensitiveLines(
  context: Context,
  strict: true | undefined,
): Promise<{ look: (metadata: JsonObject, line: number) => void; tell: () => void }> {
  const { findSensitive } = await import('../../../domain/session/sensitive.ts');
  const found = truncateList<FoundValue>();
  return {
    look: (metadata, line) => {
      for (const value of findSensitive(metadata)) addToList(found, { ...value, line });
    },
    tell: () => tell(context, strict, 'In the metadata file', found),
  };
}

interface FoundValue extends SensitiveValue {
  readonly line?: number;
}

function tell({ warn }: Context, strict: true | undefined, where: string, found: TruncatedList<FoundValue>): void {
  if (found.items.length === 0) return;
  const words = listInWords(found, ({ path, kind, line }) => {
    return `'${printable(path)}'${line ? ` in line ${line}` : ''} looks like ${kind}`;
  });
  const message = `${where} ${words}.`;
  if (strict) throw new AnonError('usage', message, { hint: why });
  warn(`${message} ${why}`);
}
