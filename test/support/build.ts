import { execFileSync } from 'node:child_process';

/** Builds the program once before all tests, so that tests of the real program run the current sources. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
