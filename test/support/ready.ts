import type { Machine } from './command.ts';

/** Runs `local start --ephemeral` until it listens; `json` is what it printed. */
export async function readyOf(machine: Machine, options: readonly string[]) {
  const serving = machine.run('local', 'start', '--ephemeral', '--json', ...options);
  await Promise.race([machine.printed('}'), serving]);
  machine.interrupt();
  return serving;
}
