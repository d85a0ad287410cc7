import { createHash } from 'node:crypto';

/** An index entry must fit on a third of a page, which has 8,192 bytes. */
const maxKeyLength = 1000;

/**
 * Any string as JSON without its quotes, in ASCII. PostgreSQL's text has neither NUL nor lone surrogates, and a database
 * with another encoding than UTF-8 has even fewer characters.
 */
export function encodeText(text: string): string {
  return encodeJson(text).slice(1, -1);
}

export function decodeText(encoded: string): string {
  return JSON.parse(`"${encoded}"`) as string;
}

/** JSON in ASCII. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The text by which an index finds a string: the encoded string, or the digest of a long one. */
export function indexKey(text: string): string {
  const encoded = encodeText(text);
  if (encoded.length <= maxKeyLength) return encoded;
  // JSON has no escape sequence \s, so no string has this as its encoded text.
  return `\\sha256:${createHash('sha256').update(encoded).digest('hex')}`;
}
