import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';
import { isShellName, type ShellName, shellNames } from '../completion/request.ts';
import { completionScript } from '../completion/script.ts';
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
