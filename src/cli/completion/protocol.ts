import { bash, fish, pwsh, type ShellCompletion, zsh } from '@optique/core/completion';
import { printable } from '../render/printable.ts';
import { type OpenQuote, readBashWord, writeBashWord } from './bash-words.ts';
import type { Candidate, Expected } from './expect.ts';
import type { ShellName } from './shells.ts';

/** The library's script of each shell, and the lines that it reads. */
export const completions: Readonly<Record<ShellName, ShellCompletion>> = { bash, zsh, fish, powershell: pwsh };

/** A word before the cursor. Bash hands on all but options as typed; the other scripts take quotes off themselves. */
export function readWord(shell: ShellName, word: string): string {
  return shell === 'bash' && !isOption(word) ? readBashWord(word).text : word;
}

/** The word at the cursor. Of an option the script of bash takes the quotes off, and says which one is open. */
export interface TypedWord {
  readonly typed: string;
  readonly quote: OpenQuote;
}

/** The lines that tell the script what can stand at the cursor, where `word` stands. */
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
  // The script of zsh wants each on a line, though what encodes them does not say so.
  const chunks = [...completions[shell].encodeSuggestions([...suggestions, ...files])];
  return chunks.filter((chunk) => chunk !== '\n').join('\n');
}

function isOption(word: string): boolean {
  return /^[-+/]/.test(word);
}
