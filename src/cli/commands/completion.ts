import { bash, fish, pwsh, type ShellCompletion, zsh } from '@optique/core/completion';
import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';
import { isShellName, requestWords, type ShellName, shellNames } from '../completion/request.ts';
import { printResult } from '../output/output.ts';
import { fitted } from '../render/wrapped.ts';
import { defineCommand } from './define-command.ts';

/** Where each shell loads completions from, and the line to add there. */
const installation: Readonly<Record<ShellName, { place: string; line: string }>> = {
  bash: { place: 'in ~/.bashrc', line: 'eval "$(anon-cli completion bash)"' },
  zsh: { place: 'in ~/.zshrc, after compinit', line: 'eval "$(anon-cli completion zsh)"' },
  fish: { place: 'once', line: 'anon-cli completion fish > ~/.config/fish/completions/anon-cli.fish' },
  powershell: { place: 'in $PROFILE', line: 'anon-cli completion powershell | Out-String | Invoke-Expression' },
};

const installationLines = shellNames.map((shell) => {
  const { place, line } = installation[shell];
  return `  ${shell.padEnd(12)}${place}\n    ${line}`;
});

export const completionCommand = defineCommand({
  description: 'print the Tab completion script for a shell',
  args: { '<shell>': { description: shellNames.join(', '), values: shellNames } },
  calls: 'nothing',
  examples: ['completion bash'],
  notes: `To enable it in every shell:\n${installationLines.join('\n')}`,
  async run(context, args, options) {
    const shell = parseShell(args.shell);
    const script = completionScript(shell);
    printResult(context, options, { data: { shell, script }, verbatim: true, human: () => script });
    const { terminal } = context;
    const { place, line } = installation[shell];
    if (terminal.resultIsTerminal) {
      terminal.note(fitted(`\nTo enable it in every shell, ${place}:\n  ${line}\n`, terminal.noteColumns));
    }
  },
});

/** @throws {AnonError} `usage` */
function parseShell(text: string): ShellName {
  const name = text.toLowerCase() === 'pwsh' ? 'powershell' : text.toLowerCase();
  if (isShellName(name)) return name;
  const similar = mostSimilar(text, shellNames);
  throw new AnonError('usage', `Unknown shell '${text.slice(0, 40)}'.`, {
    hint: similar
      ? `Did you mean ${similar}?`
      : `Choose ${shellNames.slice(0, -1).join(', ')} or ${shellNames.at(-1)}.`,
  });
}

const scripts: Readonly<Record<ShellName, Pick<ShellCompletion, 'generateScript'>>> = {
  ...{ bash, zsh, fish },
  powershell: pwsh,
};

const program = 'anon-cli';

/** The script that makes `shell` ask this program what can follow on a line. */
export function completionScript(shell: ShellName): string {
  const script = scripts[shell].generateScript(program, requestWords(shell)).trim();
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
