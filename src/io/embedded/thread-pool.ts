import { availableParallelism } from 'node:os';

/**
 * Lets a server sign on every processor. Without this, Node.js starts four threads: too few on a large machine, and on two
 * processors too many, which hold up the requests. A number that the user has chosen stays.
 *
 * Call it before anything reads a file in the background or looks up a host: the first of these starts all threads.
 */
export function signOnEveryProcessor(): void {
  process.env.UV_THREADPOOL_SIZE ??= String(Math.max(2, availableParallelism()));
}
