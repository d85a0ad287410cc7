/**
 * The bytes of `text`, or undefined unless it is their one canonical encoding. Decoders skip characters outside the
 * alphabet and ignore the unused bits of the last character, so that many texts would stand for one token.
 * @see RFC 4648, section 3.5
 */
export function readBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** A JSON value as one part of a token. */
export function base64urlJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Where a text stops being base64url, in words that repeat at most one of its characters. */
export function base64urlProblem(text: string): string | undefined {
  const at = text.search(/[^\w-]/);
  if (at !== -1) return `character ${at + 1} is ${characterName(text.codePointAt(at) ?? 0)}`;
  return text.length % 4 === 1 ? `${text.length} characters can't be base64url` : undefined;
}

/** A printable ASCII character in quotes, any other as its code point: `U+2026`. */
export function characterName(code: number): string {
  const quoted = code > 0x20 && code < 0x7f ? `'${String.fromCodePoint(code)}'` : undefined;
  return quoted ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
