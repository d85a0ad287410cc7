/**
 * The bytes of `text`, or undefined unless it is exactly how those bytes are written. Decoders skip
 * characters outside the alphabet and ignore the unused bits of the last one, so that many texts would
 * stand for one token. @see RFC 4648, section 3.5
 */
export function readBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
