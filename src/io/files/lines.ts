import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { TextLine } from '../../domain/session/bulk/metadata-lines.ts';
import { AnonError, isAnonError } from '../../errors.ts';
import { reasonOf } from './files.ts';
import { withoutMark } from './text.ts';

/** Far above what a guest or its metadata takes; without a limit one line could be all of memory. */
const longestLineBytes = 1 << 20;
const lineFeed = 10;

/**
 * The lines of a file that the user named, read as they are wanted. They are wanted more than once, so it cannot be a pipe,
 * and it cannot be a device, which may never end.
 * @throws {AnonError} `usage`
 */
export async function* readLines(path: string): AsyncGenerator<TextLine> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  try {
    const status = await stat(path);
    if (!status.isFile() && !status.isDirectory()) {
      throw new AnonError('usage', `${path} cannot be read: it is not a file, and its lines are read twice.`, {
        hint: 'Write them to a file first, and name that.',
      });
    }
    for await (const chunk of createReadStream(path)) {
      const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let start = 0;
      for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
        const text = bytes.toString('utf8', start, end);
        yield { text: offset + start === 0 ? withoutMark(text) : text, whole: true, endOffset: offset + end + 1 };
        start = end + 1;
      }
      rest = bytes.subarray(start);
      offset += start;
      if (rest.length > longestLineBytes) throw new AnonError('usage', `${path} has a line of more than 1 MiB.`);
    }
  } catch (cause) {
    if (isAnonError(cause)) throw cause;
    throw new AnonError('usage', `${path} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
  if (rest.length === 0) return;
  const text = rest.toString('utf8');
  yield { text: offset === 0 ? withoutMark(text) : text, whole: false, endOffset: offset + rest.length };
}
