import { Command } from 'commander';
import { mostSimilar } from '../../domain/did-you-mean.ts';
import { AnonError } from '../../errors.ts';
import { completionScript } from '../completion/script.ts';
import { isShellName, type ShellName, shellNames } from '../completion/shells.ts';
import { withExample } from '../options/example.ts';
import type { GlobalOptions } from '../options/global.ts';
import { printResult } from '../output/output.ts';
import { fitted } from '../render/wrapped.ts';
import type { Context } from '../world/context.ts';

export function completionCommand(context: Context, run = printScript): Command {
  const command = new Command('completion')
    .description('print the script that completes commands and names on Tab')
    .argument('<shell>', shellNames.join(', '))
    .action((shell: string, options: GlobalOptions) => run(context, shell, options));
  const lines = shellNames.map(
    (shell) => `  ${shell.padEnd(12)}${installation[shell].place}\n    ${installation[shell].line}`,
  );
  return withExample(command, 'completion bash', `To have it in every shell:\n${lines.join('\n')}`);
}

/** Where a shell finds the script, and the line that puts it there. */
const installation: Readonly<Record<ShellName, { place: string; line: string }>> = {
  bash: { place: 'in ~/.bashrc', line: 'eval "$(anon-cli completion bash)"' },
  zsh: { place: 'in ~/.zshrc, after compinit', line: 'eval "$(anon-cli completion zsh)"' },
  fish: { place: 'once', line: 'anon-cli completion fish > ~/.config/fish/completions/anon-cli.fish' },
  powershell: { place: 'in $PROFILE', line: 'anon-cli completion powershell | Out-String | Invoke-Expression' },
};

async function printScript(context: Context, text: string, options: GlobalOptions): Promise<void> {
  const shell = parseShell(text);
  const script = completionScript(shell);
  printResult(context, options, { data: { shell, script }, verbatim: true, human: () => script });
  const { place, line } = installation[shell];
  if (context.terminal.resultIsTerminal)
    context.terminal.note(fitted(`\nTo have it in every shell, ${place}:\n  ${line}\n`, context.terminal.noteColumns));
}

/** @throws {AnonError} `usage` */
function parseShell(text: string): ShellName {
  const name = text.toLowerCase() === 'pwsh' ? 'powershell' : text.toLowerCase();
  if (isShellName(name)) return name;
  const similar = mostSimilar(text, shellNames);
  throw new AnonError('usage', `There is no completion for '${text.slice(0, 40)}'.`, {
    hint: similar ? `Did you mean ${similar}?` : `The shells are ${shellNames.join(', ')}.`,
  });
}
