import { bash, fish, pwsh, type ShellCompletion, zsh } from '@optique/core/completion';
import { printable } from '../render/printable.ts';
import type { Candidate, Expected } from './expect.ts';
import { requestWords, type ShellName } from './request.ts';

/** The library's script for each shell, and the encoder of the lines that it reads. */
export const completions: Readonly<Record<ShellName, ShellCompletion>> = { bash, zsh, fish, powershell: pwsh };

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
  const chunks = [...completions[shell].encodeSuggestions([...suggestions, ...files])];
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

const program = 'anon-cli';

/** The script that makes `shell` ask this program what can follow on a line. */
export function completionScript(shell: ShellName): string {
  const script = completions[shell].generateScript(program, requestWords(shell)).trim();
  if (shell === 'bash') return `${script}\n\n${bashWordBreaks}`;
  return shell === 'powershell' ? `${withWordsApart(script)}\n` : `${script}\n`;
}

/**
 * On Windows, npm wraps a program in a PowerShell script, which receives an array as one argument. Splatting passes its
 * items as separate arguments, to scripts and programs alike.
 */
function withWordsApart(script: string): string {
  const call = `& ${program} $completionArgs `;
  if (!script.includes(call)) throw new Error("PowerShell's script no longer calls the program as expected");
  return script.replace(call, () => `& ${program} @completionArgs `);
}

/**
 * Bash also breaks words at colons and at signs, which scopes, audiences and names contain. This function joins such words
 * again for the library's function, and removes the part of its candidates that bash does not replace.
 */
const bashWordBreaks = `\
_anon_cli_whole_words () {
  local rest="\${COMP_LINE:0:COMP_POINT}" fragment cursor=0 index before
  local -a whole=()
  for ((index = 0; index <= COMP_CWORD; index++)); do
    fragment="\${COMP_WORDS[index]}"
    if ((index > 1)) && [[ "$rest" != [[:space:]]* ]] &&
      [[ "$fragment" == [:@]* || "\${whole[cursor]}" == *[:@] ]]; then
      whole[cursor]+="$fragment"
    else
      ((index == 0)) || ((++cursor))
      whole[cursor]="$fragment"
    fi
    rest="\${rest#"\${rest%%[![:space:]]*}"}"
    rest="\${rest:\${#fragment}}"
  done
  before="\${whole[cursor]}"
  # Bash leaves an open quote out of the text that it replaces and reports.
  if [[ "$before" == "\${COMP_WORDS[COMP_CWORD]}" && "$before" != : && "$before" != @ ]]; then
    before=""
  else
    before="\${before:0:\${#before}-\${#2}}"
  fi
  # After an option the library removes quotes, so the program gets the open one in a variable.
  local -x ANON_CLI_OPEN_QUOTE=""
  if [[ "$fragment" == [\\'\\"]* && "$fragment" != "$2" ]]; then
    ANON_CLI_OPEN_QUOTE="\${fragment:0:1}"
  fi
  local -a COMP_WORDS=("\${whole[@]}")
  local COMP_CWORD=$cursor
  _anon-cli "$1" "$before$2" "$3"
  [[ -n "$before" ]] || return 0
  local -a replies=("\${COMPREPLY[@]}")
  local reply
  COMPREPLY=()
  for reply in "\${replies[@]}"; do
    [[ "\${reply:0:\${#before}}" == "$before" ]] && COMPREPLY+=("\${reply:\${#before}}")
  done
  return 0
}

if [[ $(type -t compopt) == builtin ]]; then
  complete -F _anon_cli_whole_words -- anon-cli
else
  complete -o filenames -F _anon_cli_whole_words -- anon-cli
fi
`;
