import { AnonError } from '../errors.ts';

/**
 * Bytes from outside as text, without the mark that some editors put first. What is no UTF-8 would only lose what it
 * says.
 * @throws {AnonError} `usage`, naming `source`
 */
export function textOf(bytes: Buffer, source: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AnonError('usage', `${source} cannot be read: it is not UTF-8 text.`, { cause });
  }
}

/** The mark is U+FEFF, and JSON does not begin with it. @see RFC 8259, section 8.1 */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
