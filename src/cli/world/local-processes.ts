import { join } from 'node:path';
import type { Folders } from '../../io/files/folders.ts';
import type { Context, World } from './context.ts';

/** The processes beside this one: servers of the local tenant, and the command that `local exec` runs. */
export function localProcesses(
  { env, terminal, clock, signal }: World,
  folders: () => Promise<Folders>,
): Pick<Context, 'runCommand' | 'servers' | 'startDetached'> {
  const folder = async () => join((await folders()).data, 'servers');
  return {
    async runCommand(command, changes, started) {
      const { runCommand } = await import('../../io/terminal/run-command.ts');
      const onTerminal = terminal.stdin === 'terminal' || terminal.resultIsTerminal;
      return runCommand(command, { env: { ...env, ...changes }, onTerminal, started });
    },
    async servers() {
      const { runningServers } = await import('../../io/embedded/running-servers.ts');
      return runningServers({ folder: await folder(), clock });
    },
    async startDetached() {
      const { startDetached } = await import('../../io/embedded/detached.ts');
      const log = join(await folder(), 'log');
      return { log, report: await startDetached(log, signal()) };
    },
  };
}
