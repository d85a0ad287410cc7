import { fstatSync, statSync } from 'node:fs';

/** What stands behind a descriptor: a person at a terminal, nothing at all, or anything else. */
export type DescriptorKind = 'terminal' | 'nothing' | 'other';

/**
 * Nothing: it is closed, or it is `/dev/null`. Node itself opens `/dev/null` where a standard descriptor is closed, so
 * no other file ever takes its number.
 */
export function kindOf(descriptor: number): DescriptorKind {
  try {
    const status = fstatSync(descriptor);
    if (!status.isCharacterDevice()) return 'other';
    if (status.rdev === nullDevice()) return 'nothing';
  } catch {
    return 'nothing';
  }
  // Loading node:tty costs up to 10 ms, so it is asked last.
  return process.getBuiltinModule('node:tty').isatty(descriptor) ? 'terminal' : 'other';
}

/** Undefined on a machine without one. */
function nullDevice(): number | undefined {
  try {
    return statSync(process.getBuiltinModule('node:os').devNull).rdev;
  } catch {
    return undefined;
  }
}
