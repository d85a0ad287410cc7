import { answeredAtOnce } from './answered-at-once.ts';
import { completionRequest } from './completion/request.ts';
import { processWorld } from './process-world.ts';

/**
 * Called by `bin/anon-cli.cjs` for completion, the version and help: compiling the table of commands would take longer than
 * the answer.
 */
export async function start(argv: readonly string[]): Promise<number> {
  try {
    if (await answeredAtOnce(argv, processWorld(process.env))) {
      // A request in progress must not keep the process alive.
      if (completionRequest(argv)) process.exit(0);
      return 0;
    }
  } catch {
    // The whole program reports it.
  }
  return (await import('./start.ts')).start(argv);
}
