import { execFileSync } from 'node:child_process';

/** Builds the program once before all tests, so that those of the real bin run what the sources say. */
export default function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
