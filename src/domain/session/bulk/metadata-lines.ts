import { AnonError, isAnonError, reworded } from '../../../errors.ts';
import { nestedMetadataKeys } from '../../../wire/metadata.ts';
import type { JsonObject } from '../../../wire/schema.ts';
import { addToList, type TruncatedList, truncateList } from '../../truncate.ts';
import type { NestedValue } from '../edition-limits.ts';
import { checkMetadataSize, readMetadata } from '../metadata/metadata.ts';
import type { NumberedGuest } from './create-many.ts';
import type { WrittenGuests } from './guest-lines.ts';

/** One line of a text file that is read as a stream. */
export interface TextLine {
  readonly text: string;
  /** False for a last line without a line break. */
  readonly whole: boolean;
  /** Bytes from the start of the file to the end of this line, line break included. */
  readonly endOffset: number;
}

/** Metadata of many guests, one JSON object per line; members of `common` apply where a line has no such member. */
export interface MetadataLines {
  readonly lines: AsyncIterable<TextLine>;
  readonly common: JsonObject | undefined;
}

/**
 * Reads the first `most` lines, so that an invalid one is reported before a guest is created. `inspect` gets each line's own
 * metadata.
 * @throws {AnonError} `usage`, with the number of the line
 */
export async function checkMetadataLines(
  file: MetadataLines,
  most: number,
  inspect: (own: JsonObject, line: number) => void,
): Promise<{ count: number; nested: TruncatedList<NestedValue> }> {
  let count = 0;
  const nested = truncateList<NestedValue>(nestedMetadataKeys(file.common ?? {}).map((key) => ({ key })));
  for await (const own of linesOf(file)) {
    count += 1;
    inspect(own, count);
    for (const key of nestedMetadataKeys(own)) addToList(nested, { key, line: count });
    if (count === most) break;
  }
  return { count, nested };
}

interface ToCreate {
  readonly before: WrittenGuests | undefined;
  readonly metadata: MetadataLines | undefined;
  readonly common: JsonObject | undefined;
}

/** The guests from 1 to `count` that are not written yet, each with the metadata of its line, otherwise the common metadata. */
export function guestsToCreate(
  count: number,
  { before, metadata, common }: ToCreate,
): AsyncIterator<NumberedGuest> | Iterator<NumberedGuest> {
  return metadata ? guestsOfLines(count, before, metadata) : alikeGuests(count, before, common);
}

function* alikeGuests(
  count: number,
  before: WrittenGuests | undefined,
  metadata: JsonObject | undefined,
): Generator<NumberedGuest> {
  for (let n = 1; n <= count; n += 1) {
    if (!before?.has(n)) yield { n, metadata };
  }
}

async function* guestsOfLines(
  count: number,
  before: WrittenGuests | undefined,
  file: MetadataLines,
): AsyncGenerator<NumberedGuest> {
  const lines = linesOf(file);
  for (let n = 1; n <= count; n += 1) {
    const line = await lines.next();
    // Every line existed when the file was checked.
    if (line.done) throw new AnonError('usage', `The metadata file has changed: line ${n} is missing.`);
    if (!before?.has(n)) yield { n, metadata: { ...file.common, ...line.value } };
  }
}

/** Each line's own metadata. */
async function* linesOf({ lines, common }: MetadataLines): AsyncGenerator<JsonObject> {
  let number = 0;
  for await (const { text } of lines) {
    number += 1;
    yield readLine(text, number, common);
  }
}

function readLine(text: string, number: number, common: JsonObject | undefined): JsonObject {
  try {
    const own = readMetadata({ assignments: [], file: text, unset: [] }) ?? {};
    if (common) checkMetadataSize({ ...common, ...own });
    return own;
  } catch (error) {
    if (!isAnonError(error)) throw error;
    throw reworded(error, {
      message: `Line ${number} of the metadata file: ${error.message}`,
      hint: error.hint ?? 'Write one JSON object per line. Example: {"language":"en"}',
    });
  }
}
