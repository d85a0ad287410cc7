import { main } from './main.ts';
import { processWorld } from './process-world.ts';

/** What `bin/anon-cli.cjs` calls. */
export async function start(argv: readonly string[]): Promise<number> {
  return main(argv, processWorld(process.env));
}
