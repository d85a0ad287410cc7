import { main } from './main.ts';
import { processWorld } from './process-world.ts';

/** Called by `bin/anon-cli.cjs`. */
export async function start(argv: readonly string[]): Promise<number> {
  return main(argv, processWorld(process.env));
}
