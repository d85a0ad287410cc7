import { AnonError } from '../../errors.ts';

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
