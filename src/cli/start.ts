import { completionRequest } from './completion/request.ts';
import { main } from './main.ts';
import { processWorld } from './world/process.ts';

/** What `bin/anon-cli.cjs` calls. */
export async function start(argv: readonly string[]): Promise<number> {
  const code = await main(argv, processWorld(process.env));
  // Somebody is typing: a look-up or a connection that is still under way must not hold the process.
  if (completionRequest(argv)) process.exit(code);
  return code;
}
