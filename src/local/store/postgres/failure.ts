import { DatabaseUnavailableError } from '../database.ts';
import { type PostgresAddress, serverName } from './address.ts';
import { DatabaseRefusedError, damagedState, type RefusalReason } from './refused-error.ts';

/** PostgreSQL's code of an error, five characters; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'severity' in error && 'code' in error ? String(error.code) : undefined;
}

/**
 * The server is not there, is starting or ending, or has ended this connection.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const connectionLost = /^(08|57P)/;
/** The server is out of connections, memory or space, stopped the statement, has a disk error, or is a standby. */
const unableNow = /^(53|55006|55P03|57|58|25006|40)/;
/** Tables, columns, types or rows are missing, or there are others. */
const damaged = /^(42P01|42P07|42703|42723|42804|3F000|22P02|23505|P000[23])$/;
/** The other transaction was first; the same statement may succeed now. */
const conflict = /^(40001|40P01)$/;

export function isConflict(error: unknown): boolean {
  return conflict.test(sqlState(error) ?? '');
}

/** Whether the connection was lost, or there was none. Any other error is an answer of the server. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined ? isNetworkError(error) : connectionLost.test(state);
}

/** The session may not write. */
export function isReadOnly(error: unknown): boolean {
  return sqlState(error) === '25006';
}

/** There is no connection left for this user. */
export function isCrowded(error: unknown): boolean {
  return sqlState(error) === '53300';
}

/** The server does not know the statement, and never will. */
export function isUnsupported(error: unknown): boolean {
  return /^(0A|42)/.test(sqlState(error) ?? '');
}

// Node.js has a code for network errors; pg reports its own by their messages.
const ownMessages =
  /^(Connection terminated|Client (has encountered|was closed)|Query read timeout|timeout expired|timeout exceeded when)/;
const networkCodes = /^(E(CONN|HOST|NET|PIPE|TIMEDOUT|NOTFOUND|AI_|NOENT|ADDRNOTAVAIL)|ERR_(STREAM|SOCKET)_)/;

function isNetworkError(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isNetworkError);
  return error instanceof Error && (networkCodes.test(codeOf(error)) || ownMessages.test(error.message));
}

/** The server may still be working on the statement. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && sqlState(error) === undefined && /timeout/i.test(error.message);
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

/** TLS was refused, so that a connection without it, or with it, may be tried. */
export function isEncryptionRefused(error: unknown): boolean {
  return sqlState(error) === '28000' || isTlsError(error);
}

const tlsMessages = /^There was an error establishing an SSL connection/;
const tlsCodes = /CERT|SIGNATURE|^ERR_(SSL|TLS|OSSL)_|^(EPROTO|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)$/;

/** The server has answered that it does not use TLS. */
export function isWithoutTls(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('The server does not support SSL connections');
}

function isTlsError(error: unknown): boolean {
  if (isWithoutTls(error)) return true;
  return error instanceof Error && (tlsMessages.test(error.message) || tlsCodes.test(codeOf(error)));
}

/** What the error of a connection or a statement means for the caller. */
export function meaningOf(error: unknown, address: PostgresAddress, retryAfterMs = 1000): Error {
  if (error instanceof DatabaseRefusedError || error instanceof DatabaseUnavailableError) return error;
  const state = sqlState(error);
  const isLost = isConnectionLost(error);
  if (isLost || unableNow.test(state ?? '')) {
    const server = serverName(address);
    const message = `${isLost ? `cannot reach ${server}` : `${server} cannot be used now`}: ${unavailability(error)}`;
    return new DatabaseUnavailableError(message, {
      retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)),
      cause: error,
    });
  }
  return refusal(error, state, address) ?? (error instanceof Error ? error : new Error(String(error)));
}

function unavailability(error: unknown): string {
  if (error instanceof AggregateError) return unavailability(error.errors[0]);
  if (!(error instanceof Error)) return 'unknown error';
  const state = sqlState(error);
  if (isCrowded(error)) return 'it has no free connection';
  if (state === '55P03') return 'another session has locked the state';
  if (isReadOnly(error)) return 'it is a standby server, which cannot be written to';
  if (state !== undefined) return error.message;
  if (isTimeout(error)) return 'it does not answer in time';
  const reasons: Record<string, string> = {
    ECONNREFUSED: 'the connection was refused',
    ECONNRESET: 'the connection was closed',
    ENOTFOUND: 'the host name was not found',
    ENOENT: 'the socket does not exist',
  };
  return reasons[codeOf(error)] ?? (codeOf(error) || 'the connection was closed');
}

function refusal(error: unknown, state: string | undefined, address: PostgresAddress): Error | undefined {
  // Its message may show a part of a document.
  if (error instanceof SyntaxError) return damagedState();
  if (!(error instanceof Error)) return undefined;
  return refusedConnection(error, state, address) ?? (state ? refusedStatement(error, state, address) : undefined);
}

function refusedConnection(error: Error, state: string | undefined, address: PostgresAddress): Error | undefined {
  const server = serverName(address);
  const { user, database } = address;
  const refused = (reason: RefusalReason, message: string, cause = error) =>
    new DatabaseRefusedError(reason, message, cause);
  if (error.message.startsWith('received invalid response')) {
    return refused('statement', `${server} does not answer as PostgreSQL does`);
  }
  if (isWithoutTls(error)) return refused('tls', `${server} does not use TLS, which the address requires`);
  if (isTlsError(error)) return refused('tls', `cannot connect to ${server} with TLS: ${error.message}`);
  if (state === '28P01' || error.message.startsWith('SASL')) {
    return refused('password', `${server} refuses the password of user "${user}"`);
  }
  if (error.message.startsWith('Unknown authentication')) {
    const message = `it wants Kerberos or SSPI, which is not supported`;
    return refused('login', `${server} refuses user "${user}": ${message}`, new Error(message, { cause: error }));
  }
  if (state?.startsWith('28')) return refused('login', `${server} refuses user "${user}": ${error.message}`);
  if (state === '3D000') return refused('database', `${server} has no database "${database}"`);
  if (state === '55000') return refused('login', `${server} refuses user "${user}": ${error.message}`);
  if (codeOf(error) === 'EACCES') return refused('permission', `this process may not connect to ${server}`);
  return undefined;
}

function refusedStatement(error: Error, state: string, address: PostgresAddress): Error {
  const server = serverName(address);
  if (state === '42501') {
    const message = `${server} refuses user "${address.user}": ${error.message}`;
    return new DatabaseRefusedError('permission', message, error);
  }
  // Messages about syntax and names hold no values; all others may.
  const detail = state.startsWith('42') ? `: ${error.message}` : '';
  // An old server may also have no other function.
  const isOwnFunction = state === '42883' && error.message.includes('anon_cli.');
  if (isOwnFunction || damaged.test(state)) return damagedState(detail, error);
  return new DatabaseRefusedError('statement', `${server} refuses a statement with error ${state}${detail}`, error);
}
