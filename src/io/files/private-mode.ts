import { chmodSync, type Stats, statSync } from 'node:fs';
import { reasonOf } from './files.ts';

const warned = new Set<string>();

/**
 * Closes a file or folder of ours to everybody but its owner, and warns where it was open: what is in it may have been read. Of a
 * link it is what the link leads to. Another user's, and one that the system will not let us close, is only warned of,
 * once. Windows has no such modes.
 */
export function keepPrivate(path: string, warn: (message: string) => void): void {
  const user = process.getuid?.();
  const status = user === undefined ? undefined : statusOf(path);
  if (!status || (status.mode & 0o077) === 0) return;
  const mode = status.mode & 0o7777;
  const problem = status.uid === user ? closed(path, mode & 0o700) : 'it belongs to another user';
  if (problem === undefined) warn(`${path} was open to other users (mode ${octal(mode)}). ${mended(mode)}`);
  else if (!warned.has(path)) {
    warned.add(path);
    warn(`${path} is open to other users (mode ${octal(mode)}), and its mode cannot be changed: ${problem}.`);
  }
}

/** Whoever reads what may not be looked at says so. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function closed(path: string, mode: number): string | undefined {
  try {
    chmodSync(path, mode);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function mended(mode: number): string {
  return `Its mode is now ${octal(mode & 0o700)}.`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
