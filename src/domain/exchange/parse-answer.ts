/** Half a character, which only JSON can spell out: in an address or a header it cannot stand. */
const loneSurrogate = /\p{Surrogate}/gu;

/** What may spell one out. */
const escapedSurrogate = /\\u[dD][89a-fA-F]/;

/**
 * The JSON of an answer. Halves of characters are replaced, as a decoder of UTF-8 replaces what it cannot read: what is
 * in it goes into addresses, headers and files.
 * @throws {SyntaxError}
 */
export function parseAnswer(text: string): unknown {
  if (!escapedSurrogate.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_, value) =>
    typeof value === 'string' ? value.replaceAll(loneSurrogate, '\ufffd') : value,
  );
}
