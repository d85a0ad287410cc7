// Bash hands on words as they were typed and inserts what it is given as it is: both are ours to get right.

/** The quote that a word is still in: none, single or double. */
export const openQuotes = ['', "'", '"'] as const;
export type OpenQuote = (typeof openQuotes)[number];

/** A word as it was typed in bash. */
export interface BashWord {
  /** What it says, its quotes and backslashes taken off. Nothing in it is ever run. */
  readonly text: string;
  readonly open: OpenQuote;
  /** What it says before the quote that is open: bash puts in what comes behind that. */
  readonly before: string;
}

export function readBashWord(typed: string): BashWord {
  let text = '';
  let open: OpenQuote = '';
  let before = '';
  for (let index = 0; index < typed.length; index += 1) {
    const character = typed.charAt(index);
    const next = typed.charAt(index + 1);
    if (character === open) open = '';
    else if (open === '' && (character === "'" || character === '"')) {
      open = character;
      before = text;
    } else if (character === '\\' && (open === '' || (open === '"' && '$`"\\'.includes(next)))) {
      text += next;
      index += 1;
    } else text += character;
  }
  return { text, open, before: open === '' ? '' : before };
}

// What bash takes as it is, in the middle of a word. A colon and its like must stay bare: bash breaks words there.
const plain = /[\w@%+=:,./\u0080-\u{10ffff}-]/u;

/** `text` as bash takes it for just that, going on in a word that has `open` before it. */
export function writeBashWord(text: string, open: OpenQuote): string {
  if (open === "'") return text.replaceAll("'", `'\\''`);
  // In double quotes a `!` is kept from history by ending them: a backslash before it would stay.
  if (open === '"') return text.replaceAll(/[\\"$`]/g, '\\$&').replaceAll('!', `"'!'"`);
  return Array.from(text, (character) => (plain.test(character) ? character : `\\${character}`)).join('');
}
