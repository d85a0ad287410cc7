import { createReadStream } from 'node:fs';
import { AnonError } from '../../errors.ts';

/** The largest input unless a command expects more: an endless one, such as /dev/zero, ends here. */
export const inputLimitBytes = 16 * 2 ** 20;

/** Collects the chunks of an input, up to the limit. */
export interface ByteCollector {
  /** Copies `bytes`. @throws {AnonError} `usage` beyond the limit, naming the source */
  add(bytes: Uint8Array): void;
  all(): Buffer;
}

export function collectBytes(source: string, limitBytes = inputLimitBytes): ByteCollector {
  const parts: Buffer[] = [];
  let length = 0;
  return {
    add(bytes) {
      length += bytes.length;
      if (length > limitBytes) {
        throw new AnonError('usage', `${source} cannot be read: it is larger than ${limitBytes / 2 ** 20} MB.`);
      }
      parts.push(Buffer.from(bytes));
    },
    all: () => Buffer.concat(parts),
  };
}

/** All of a file, a pipe or a device. @throws {AnonError} `usage` beyond the limit; otherwise the system's own error */
export async function readWhole(path: string, limitBytes?: number): Promise<Buffer> {
  const collected = collectBytes(path, limitBytes);
  for await (const chunk of createReadStream(path)) collected.add(chunk);
  return collected.all();
}

/**
 * Bytes from outside as text, without a byte order mark: UTF-8, or UTF-16 with its mark, as PowerShell's `>` writes it.
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

/** `text` as bytes in the encoding of other bytes, with their byte order mark. */
export function bytesLike(bytes: Buffer, text: string): Buffer {
  const utf16 = utf16Marks.find(({ mark }) => bytes.subarray(0, 2).equals(mark));
  if (!utf16) {
    const hasMark = bytes.toString('utf8', 0, 3) === '\ufeff';
    return Buffer.from(hasMark ? `\ufeff${text}` : text);
  }
  const littleEndian = Buffer.from(text, 'utf16le');
  return Buffer.concat([utf16.mark, utf16.encoding === 'utf-16le' ? littleEndian : littleEndian.swap16()]);
}

const utf16Marks = [
  { mark: Buffer.from([0xff, 0xfe]), encoding: 'utf-16le' },
  { mark: Buffer.from([0xfe, 0xff]), encoding: 'utf-16be' },
];

/** JSON must not begin with a byte order mark, U+FEFF. @see RFC 8259, section 8.1 */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
