/**
 * Why a state file cannot be used. A `corrupt` and a `foreign` one may be set aside; a `newer` one belongs to a later
 * version of this program and must be left where it is; with `failed` the system would not, and `cause` says why.
 */
export class StateFileError extends Error {
  readonly reason: 'corrupt' | 'foreign' | 'newer' | 'failed';

  constructor(reason: StateFileError['reason'], cause?: unknown) {
    super(`the state file is ${reason}`, { cause });
    this.name = 'StateFileError';
    this.reason = reason;
  }
}

// SQLITE_ERROR is what a missing table gives. A read that ends too early is of a file that was cut off.
const unreadable = /^SQLITE_(NOTADB|CORRUPT|ERROR|IOERR_SHORT_READ)/;

/**
 * Runs what reads or writes a state file. What SQLite says of bytes that are no database is one thing, `corrupt`; what
 * the system says is `failed`. All other errors are those of the work itself.
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

/** Runs what asks the system for something: what it would not do is `failed`. */
export function system<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new StateFileError('failed', error);
  }
}
