import { systemClock } from '../../../src/io/clock.ts';
import { withLock } from '../../../src/io/files/lock.ts';

// Run as a process of its own: takes the lock at a path, says so, and never lets it go.
const [path = ''] = process.argv.slice(2);
const clock = systemClock(() => new AbortController().signal);

void withLock(path, clock, () => {
  process.stdout.write('held\n');
  return new Promise(() => setInterval(() => {}, 60_000));
});
