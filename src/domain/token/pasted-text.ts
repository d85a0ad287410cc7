/** What was done to a text before a token was looked for in it. */
export interface PastedText {
  readonly text: string;
  /** In words, for people: `invisible characters`. */
  readonly repairs: readonly string[];
}

/** Characters that nobody sees: colours of a terminal, soft hyphens, zero-width ones, marks of direction. */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
  /\u001b\[[\d;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]|&(?:shy|zwnj|zwj|ZeroWidthSpace|NoBreak);|<wbr\s*\/?>/g;

/** The dot, the hyphen and the underscore, as JSON, addresses and HTML write what they need not write so. */
const escaped: readonly [RegExp, string][] = [
  [/\\u002e|%(?:25)*2e|&(?:#46|#x2e|period);/gi, '.'],
  [/\\u002d|%(?:25)*2d|&(?:#45|#x2d|hyphen|dash);/gi, '-'],
  [/\\u005f|%(?:25)*5f|&(?:#95|#x5f|lowbar|underbar);/gi, '_'],
];

/** A text without what programs leave in a token, or write its characters as. What is not part of any is left as it is. */
export function withoutTraces(text: string): PastedText {
  const visible = text.replaceAll(invisible, '').replaceAll(/<br\s*\/?>|[\v\f\u0085\u2028\u2029]/gi, '\n');
  const plain = escaped.reduce((changed, [written, character]) => changed.replaceAll(written, character), visible);
  return {
    text: plain,
    repairs: [
      ...(visible === text ? [] : ['invisible characters']),
      ...(plain === visible ? [] : ['escaped characters']),
    ],
  };
}
