/**
 * Why PostgreSQL cannot be used although it answers: `password`, `login` (the user, or from where it connects), `database`
 * (it does not exist), `permission`, `tls`, `newer` (a later version of this program has written the state) or `statement`.
 */
export type RefusalReason = 'password' | 'login' | 'database' | 'permission' | 'tls' | 'newer' | 'statement';

/** PostgreSQL refuses what this program asks for. Trying again does not help until somebody changes its settings. */
export class DatabaseRefusedError extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'DatabaseRefusedError';
    this.reason = reason;
  }
}
