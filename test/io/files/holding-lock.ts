import { systemClock } from '../../../src/io/clock.ts';
import { withLock } from '../../../src/io/files/lock.ts';

// Run as its own process: takes the lock at a path, reports that, and never releases it.
const [path = ''] = process.argv.slice(2);
const clock = systemClock(() => new AbortController().signal);

void withLock(path, clock, () => {
  process.stdout.write('held\n');
  return new Promise(() => setInterval(() => {}, 60_000));
});
