import { fstatSync, statSync } from 'node:fs';

/** What a descriptor leads to. */
export type DescriptorKind = 'terminal' | 'nothing' | 'other';

/**
 * `nothing` is a closed descriptor or `/dev/null`. Node opens `/dev/null` where a standard descriptor is closed, so
 * no other file can have its number.
 */
export function kindOf(descriptor: number): DescriptorKind {
  try {
    const status = fstatSync(descriptor);
    if (!status.isCharacterDevice()) return 'other';
    if (status.rdev === nullDevice()) return 'nothing';
  } catch {
    return 'nothing';
  }
  // Last, because loading node:tty costs up to 10 ms.
  return process.getBuiltinModule('node:tty').isatty(descriptor) ? 'terminal' : 'other';
}

/** Undefined where the system has none. */
function nullDevice(): number | undefined {
  try {
    return statSync(process.getBuiltinModule('node:os').devNull).rdev;
  } catch {
    return undefined;
  }
}
