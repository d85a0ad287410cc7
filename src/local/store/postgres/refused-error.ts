/**
 * Why PostgreSQL cannot be used although it answers: `password`, `login` (the user, or from where it connects), `database`
 * (it does not exist), `permission`, `read-only` (by a setting, not as a standby server), `tls`, `newer` (a later version
 * of this program has written the state), `damaged` (the tables are not as this program has made them, or are another
 * program's) or `statement`.
 */
export type RefusalReason =
  | 'password'
  | 'login'
  | 'database'
  | 'permission'
  | 'read-only'
  | 'tls'
  | 'newer'
  | 'damaged'
  | 'statement';

/** PostgreSQL refuses what this program asks for. Trying again does not help until somebody changes its settings. */
export class DatabaseRefusedError extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'DatabaseRefusedError';
    this.reason = reason;
  }
}

export function damagedState(detail = '', cause?: unknown): DatabaseRefusedError {
  const message = `the schema anon_cli in this database is damaged, or belongs to another program${detail}`;
  return new DatabaseRefusedError('damaged', message, cause);
}
