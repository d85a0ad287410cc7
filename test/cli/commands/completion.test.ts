import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { completionScript } from '../../../src/cli/commands/completion.ts';
import { shellNames } from '../../../src/cli/completion/request.ts';
import { freshMachine } from '../../support/command.ts';

it.each(shellNames)('prints the script of %s and nothing else', async (shell) => {
  const { done, folder } = await freshMachine({ seeded: false });
  const { stdout, stderr } = await done('completion', shell);
  expect(stdout).toBe(completionScript(shell));
  expect(stdout).toMatch(/^\S[\s\S]*\S\n$/);
  expect(stderr).toBe('');
  expect(stdout).not.toContain(folder);
});

it('explains on stderr where to put the script if stdout is a terminal', async () => {
  const { done, terminal } = await freshMachine({ seeded: false });
  terminal.interactive = true;
  const { stdout, stderr } = await done('completion', 'zsh');
  expect(stdout).toBe(completionScript('zsh'));
  expect(stderr).toBe(
    '\nTo enable it in every shell, in ~/.zshrc, after compinit:\n  eval "$(anon-cli completion zsh)"\n',
  );
});

it('is also available as JSON', async () => {
  const { done } = await freshMachine({ seeded: false });
  expect((await done('completion', 'fish', '--json')).json).toEqual({
    shell: 'fish',
    script: completionScript('fish'),
  });
});

it.each([
  ['fishy', 'Did you mean fish?'],
  ['bsh', 'Did you mean bash?'],
  ['elvish', 'Choose bash, zsh, fish or powershell.'],
])('for another shell is an error with a suggestion: %s', async (shell, hint) => {
  const { run } = await freshMachine({ seeded: false });
  expect(await run('completion', shell)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `error: Unknown shell '${shell}'.\nhint:  ${hint}\n`,
  });
});

it("accepts the name of PowerShell's program", async () => {
  const { done } = await freshMachine({ seeded: false });
  expect((await done('completion', 'pwsh')).stdout).toBe(completionScript('powershell'));
});

// These are tried by hand, PowerShell's read by a parser alone: who sees this fail has to do that again.
it.each([
  ['zsh', '832fd9e9807147a9'],
  ['fish', '7583c581db471a87'],
  ['powershell', 'dde987f234a1f3eb'],
] as const)('the script for %s is the one that was tested', (shell, digest) => {
  expect(createHash('sha256').update(completionScript(shell)).digest('hex').slice(0, 16)).toBe(digest);
});
