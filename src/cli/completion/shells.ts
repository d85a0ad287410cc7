import { bash, fish, pwsh, type ShellCompletion, zsh } from '@optique/core/completion';
import { printable } from '../render/printable.ts';
import type { Candidate, Expected } from './expect.ts';
import type { ShellName } from './request.ts';

// Tab must not wait for the library's scripts, which are most of its code: the build leaves them out here.

/** Encodes the lines that the library's script for each shell reads. */
const encoders: Readonly<Record<ShellName, Pick<ShellCompletion, 'encodeSuggestions'>>> = {
  ...{ bash, zsh, fish },
  powershell: pwsh,
};

/** A word before the cursor. Bash passes on all but options as typed; the other scripts remove quotes themselves. */
export function readWord(shell: ShellName, word: string): string {
  return shell === 'bash' && !isOption(word) ? readBashWord(word).text : word;
}

/** The word at the cursor. For an option, the bash script removes the quotes and reports the open one. */
export interface TypedWord {
  readonly typed: string;
  readonly quote: OpenQuote;
}

/** The candidates for the word at the cursor, as lines that the script reads. */
export function answerLines(shell: ShellName, expected: Omit<Expected, 'lookUp'>, word: TypedWord): string {
  const { open, before } = isOption(word.typed) ? { open: word.quote, before: '' } : readBashWord(word.typed);
  const write = (text: string) => (shell === 'bash' ? writeBashWord(text.slice(before.length), open) : text);
  const suggestions = expected.candidates.map(({ text, about }: Candidate) => ({
    kind: 'literal' as const,
    text: write(text),
    description: [{ type: 'text' as const, text: printable(about) }],
  }));
  const key = expected.file;
  const files =
    key === undefined
      ? []
      : [{ kind: 'file' as const, type: 'file' as const, ...(key && { prefix: key, pattern: key }) }];
  // The zsh script needs one candidate per line, but its encoder does not separate them.
  const chunks = [...encoders[shell].encodeSuggestions([...suggestions, ...files])];
  return chunks.filter((chunk) => chunk !== '\n').join('\n');
}

function isOption(word: string): boolean {
  return /^[-+/]/.test(word);
}

// Bash passes words on as they were typed, and inserts candidates unchanged: unquoting and quoting is left to us.

/** The quote that is still open at the end of a word, if any. */
export const openQuotes = ['', "'", '"'] as const;
export type OpenQuote = (typeof openQuotes)[number];

/** A word as it was typed in bash. */
export interface BashWord {
  /** Without its quotes and backslashes. Nothing in it is ever run. */
  readonly text: string;
  readonly open: OpenQuote;
  /** The part before the open quote: bash inserts candidates after it. */
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

// Characters that bash needs no quoting for inside a word. A colon must stay unquoted: bash breaks words there.
const plain = /[\w@%+=:,./\u0080-\u{10ffff}-]/u;

/** Quotes `text` for bash, to continue a word in which `open` is open. */
export function writeBashWord(text: string, open: OpenQuote): string {
  if (open === "'") return text.replaceAll("'", `'\\''`);
  // Inside double quotes a `!` starts history expansion, and a backslash before it would stay: so close them around it.
  if (open === '"') return text.replaceAll(/[\\"$`]/g, '\\$&').replaceAll('!', `"'!'"`);
  return Array.from(text, (character) => (plain.test(character) ? character : `\\${character}`)).join('');
}
