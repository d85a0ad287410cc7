import { createReadStream } from 'node:fs';
import { AnonError } from '../../errors.ts';

/** The most that one input may hold: what never ends, such as /dev/zero, ends here. */
export const inputLimitBytes = 16 * 2 ** 20;

/** An input that is read bit by bit, up to the limit. */
export interface Gathering {
  /** Takes a copy of it. @throws {AnonError} `usage` once there is more than the limit, naming the source */
  add(bytes: Uint8Array): void;
  all(): Buffer;
}

export function gathering(source: string): Gathering {
  const parts: Buffer[] = [];
  let length = 0;
  return {
    add(bytes) {
      length += bytes.length;
      if (length > inputLimitBytes) {
        throw new AnonError('usage', `${source} cannot be read: it holds more than ${inputLimitBytes / 2 ** 20} MB.`);
      }
      parts.push(Buffer.from(bytes));
    },
    all: () => Buffer.concat(parts),
  };
}

/** All of a file, a pipe or a device. @throws {AnonError} `usage` beyond the limit; else the system's own error */
export async function readWhole(path: string): Promise<Buffer> {
  const gathered = gathering(path);
  for await (const chunk of createReadStream(path)) gathered.add(chunk);
  return gathered.all();
}

/**
 * Bytes from outside as text, without the mark that some editors put first: UTF-8, or UTF-16 that says so by its mark, as
 * what PowerShell's `>` writes does. What is neither would only lose what it says.
 * @throws {AnonError} `usage`, naming `source`
 */
export function textOf(bytes: Buffer, source: string): string {
  const encoding = utf16Marks.find(({ mark }) => bytes.subarray(0, 2).equals(mark))?.encoding ?? 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AnonError('usage', `${source} cannot be read: it is not UTF-8 text.`, { cause });
  }
}

const utf16Marks = [
  { mark: Buffer.from([0xff, 0xfe]), encoding: 'utf-16le' },
  { mark: Buffer.from([0xfe, 0xff]), encoding: 'utf-16be' },
];

/** The mark is U+FEFF, and JSON does not begin with it. @see RFC 8259, section 8.1 */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
