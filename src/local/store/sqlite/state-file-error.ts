/**
 * A state file that cannot be used. A `corrupt` or `foreign` file may be set aside; a `newer` file belongs to a later
 * version of this program and must stay where it is; `failed` is an error of the system, which is the `cause`.
 */
export class StateFileError extends Error {
  readonly reason: 'corrupt' | 'foreign' | 'newer' | 'failed';

  constructor(reason: StateFileError['reason'], cause?: unknown) {
    super(`the state file is ${reason}`, { cause });
    this.name = 'StateFileError';
    this.reason = reason;
  }
}

/** By its name: in the published program, files that are loaded when first used have a class of their own. */
export function isStateFileError(error: unknown): error is StateFileError {
  return error instanceof Error && error.name === 'StateFileError';
}

// A missing table gives SQLITE_ERROR; a truncated file gives SQLITE_IOERR_SHORT_READ.
const unreadable = /^SQLITE_(NOTADB|CORRUPT|ERROR|IOERR_SHORT_READ)/;

/**
 * Runs `work` on a state file. SQLite's errors become StateFileErrors: `corrupt` where the file is not a valid database,
 * otherwise `failed`. All other errors of `work` pass through.
 */
export function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const code = sqliteCode(error);
    if (code === undefined) throw error;
    throw new StateFileError(unreadable.test(code) ? 'corrupt' : 'failed', error);
  }
}

export function sqliteCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('SQLITE_') ? code : undefined;
}

/** Runs system calls: any error becomes `failed`. */
export function system<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new StateFileError('failed', error);
  }
}
