import { AnonError, isAnonError, UnreachableError, updateHint } from '../../errors.ts';
import { codeOf, reasonOf } from '../files/files.ts';
import { connectionReason } from '../http/connection-failure.ts';
import type { PostgresState } from './state-address.ts';

/** An error of the store for PostgreSQL. Its classes are in another room, which is loaded lazily. */
interface DatabaseError extends Error {
  /** Why the database refuses: see `DatabaseRefusedError`. */
  readonly reason?: unknown;
}

/** Turns an error of the database with the state into an AnonError with a hint; returns other errors unchanged. */
export function databaseFailure(state: PostgresState, error: unknown): unknown {
  if (!(error instanceof Error) || isAnonError(error)) return error;
  if (error.name === 'DatabaseUnavailableError') return unavailable(state, error);
  return error.name === 'DatabaseRefusedError' ? refused(state, error) : error;
}

const noExchange = { sent: false, broken: false };

function unavailable({ displayed }: PostgresState, error: DatabaseError): AnonError {
  const detail = {
    hint: 'Does PostgreSQL run there, and may this machine connect to it? Check the address.',
    cause: error,
  };
  const again = { hint: 'This may be temporary: try again later.', cause: error };
  switch (codeOf(error.cause)) {
    case '53300':
      return new UnreachableError(`The database ${displayed} has no free connection.`, noExchange, again);
    case '57P01':
    case '57P02':
    case '57P03':
      return new UnreachableError(`The database ${displayed} is starting or shutting down.`, noExchange, again);
    case '25006':
      return new UnreachableError(`The database ${displayed} cannot be written to.`, noExchange, {
        hint: 'It may be a standby server: use the address of the primary server.',
        cause: error,
      });
  }
  const isTimeout = error.cause instanceof Error && /timeout/i.test(error.cause.message);
  const reason = isTimeout ? 'it does not answer in time' : connectionReason(error.cause);
  return new UnreachableError(`The database ${displayed} cannot be reached: ${reason}.`, noExchange, detail);
}

function refused(state: PostgresState, error: DatabaseError): AnonError {
  const { displayed, postgres } = state;
  const { user, database } = postgres;
  const { cause } = error;
  switch (error.reason) {
    case 'password':
      return passwordRefused(state, error);
    case 'login':
      return new AnonError('not_authorised', `The database ${displayed} refuses the connection: ${textOf(cause)}.`, {
        hint: "Check the user, and the server's pg_hba.conf. If the server demands TLS, add: ?sslmode=require",
        cause: error,
      });
    case 'database':
      return new AnonError('not_found', `The database ${displayed} does not exist.`, {
        hint: `Create it with PostgreSQL's command createdb, or check the address.`,
        cause: error,
      });
    case 'permission':
      if (codeOf(cause) === 'EACCES') {
        return new UnreachableError(`The database ${displayed} cannot be reached: ${reasonOf(cause)}.`, noExchange);
      }
      return new AnonError('not_authorised', `The database ${displayed} denies a permission: ${textOf(cause)}.`, {
        hint: `Its owner can allow user ${user} to create tables: GRANT CREATE ON DATABASE ${quoted(database)} TO ${quoted(user)}`,
        cause: error,
      });
    case 'tls':
      return tlsRefused(state, error);
    case 'newer':
      return new AnonError('state_unusable', `The state in ${displayed} was written by a newer anon-cli.`, {
        hint: updateHint,
        cause: error,
      });
    case 'read-only':
      return new AnonError('not_authorised', `The database ${displayed} lets user ${user} read only.`, {
        hint: `Its setting default_transaction_read_only is on, for the server, the database or the user.`,
        cause: error,
      });
    case 'damaged':
      return new AnonError('state_unusable', `The state in ${displayed} is damaged, or another program's.`, {
        hint: 'Nothing was changed. To start over there, rename or drop its schema anon_cli, or use another database.',
        cause: error,
      });
    default:
      return new AnonError('failed', `The database ${displayed} refuses a statement: ${error.message}.`, {
        cause: error,
      });
  }
}

function passwordRefused({ displayed, postgres }: PostgresState, error: DatabaseError): AnonError {
  const { user, password } = postgres;
  const message =
    password === undefined
      ? `The database ${displayed} needs a password for user ${user}.`
      : `The database ${displayed} refuses the password of user ${user}.`;
  return new AnonError('not_authorised', message, {
    hint: 'It comes from ANON_DATABASE_URL, PGPASSWORD, or the file in PGPASSFILE (by default ~/.pgpass).',
    cause: error,
  });
}

function tlsRefused({ displayed, postgres }: PostgresState, error: DatabaseError): AnonError {
  const { cause } = error;
  const code = codeOf(cause);
  const files = [postgres.sslRootCert, postgres.sslCert, postgres.sslKey];
  const path = files.find((file) => file !== undefined && error.message.includes(file));
  if (path !== undefined && 'code' in Object(cause)) {
    return new AnonError('usage', `${path} cannot be read: ${reasonOf(cause)}.`, { cause: error });
  }
  // Settings that contradict each other, or a file that does not hold what it should.
  if (cause === undefined || path !== undefined) {
    return new AnonError('usage', `The database ${displayed} cannot be reached with TLS: ${error.message}.`, {
      hint: 'Check the parameters of its address: sslmode, sslrootcert, sslcert, sslkey.',
      cause: error,
    });
  }
  const isPlain = cause instanceof Error && /does not support SSL/i.test(cause.message);
  const reason = isPlain ? 'it does not support TLS' : connectionReason(cause);
  const hint = isPlain
    ? 'In a network that you trust, connect without TLS: ?sslmode=disable'
    : /CERT|SIGNATURE/.test(code)
      ? 'If your own certificate authority issued its certificate: ?sslmode=verify-full&sslrootcert=<file>'
      : `Check sslmode, which is ${postgres.sslMode}.`;
  const message = `The database ${displayed} cannot be reached with TLS: ${reason}.`;
  return new UnreachableError(message, noExchange, { hint, cause: error });
}

/** PostgreSQL's own words, without a full stop. */
function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.replace(/\.$/, '') : 'no reason given';
}

function quoted(identifier: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(identifier) ? identifier : `"${identifier.replaceAll('"', '""')}"`;
}
