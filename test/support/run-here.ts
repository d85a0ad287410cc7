import { main } from '../../src/cli/main.ts';
import { systemClock } from '../../src/io/clock.ts';
import { userFolders } from '../../src/io/files/folders.ts';
import { environment, type Run, type RunOptions } from './bin.ts';
import { recordingTerminal } from './command.ts';

/**
 * Runs a command in the process of the test, on the files of a home folder. It proves the same as the real program where only the
 * command's work matters and not its process, and takes a tenth of the time.
 */
export async function runHere(
  home: string,
  args: readonly string[],
  { env, input }: Pick<RunOptions, 'env' | 'input'> = {},
): Promise<Run> {
  const heard = { stdout: '', stderr: '' };
  const variables = environment(home, env);
  const { signal } = new AbortController();
  const refuse = async () => {
    throw new Error('nobody is there to answer');
  };
  const code = await main(args, {
    env: variables,
    clock: systemClock(() => signal),
    signal: () => signal,
    confirm: refuse,
    prompts: { text: refuse, secret: refuse, choose: refuse, chooseOrNew: refuse, chooseMany: refuse },
    trust: refuse,
    terminal: recordingTerminal({ stdin: input, interactive: false, colour: false }, heard),
    folders: async () => userFolders({ env: variables, platform: process.platform, homeOfUser: () => home }),
  });
  return { ...heard, code, signal: null };
}
