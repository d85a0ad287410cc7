import { chmodSync, type Stats, statSync } from 'node:fs';
import { reasonOf } from './files.ts';

const warned = new Set<string>();

/**
 * Restricts a file or folder of ours, or the target of a link, to its owner, and warns where others had access: they may
 * have read it. Only warns, once, about another user's file and where the mode can't be changed. Windows has no such modes.
 */
export function keepPrivate(path: string, warn: (message: string) => void): void {
  const user = process.getuid?.();
  const status = user === undefined ? undefined : statusOf(path);
  if (!status || (status.mode & 0o077) === 0) return;
  const mode = status.mode & 0o7777;
  const problem = status.uid === user ? restricted(path, mode & 0o700) : 'it belongs to another user';
  if (problem === undefined) warn(`${path} was open to other users (mode ${octal(mode)}). ${newMode(mode)}`);
  else if (!warned.has(path)) {
    warned.add(path);
    warn(`${path} is open to other users (mode ${octal(mode)}), and its mode cannot be changed: ${problem}.`);
  }
}

/** The later read reports a file that can't be inspected. */
function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function restricted(path: string, mode: number): string | undefined {
  try {
    chmodSync(path, mode);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function newMode(mode: number): string {
  return `Its mode is now ${octal(mode & 0o700)}.`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
