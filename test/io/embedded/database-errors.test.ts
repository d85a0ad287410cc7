import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../../src/cli/exit-code.ts';
import { readDatabaseAddress } from '../../../src/domain/profile/database-address.ts';
import { type AnonError, isAnonError } from '../../../src/errors.ts';
import { databaseFailure } from '../../../src/io/embedded/database-errors.ts';
import type { PostgresState } from '../../../src/io/embedded/state-address.ts';

const postgres = readDatabaseAddress('postgres://app:s3cret@db.example/Shop?sslrootcert=/etc/ca.pem');
const state: PostgresState = { postgres, displayed: 'postgres://app@db.example/Shop' };

/** An error with the members that Node.js, PostgreSQL and pg give it. */
function failed(name: string, message: string, members: object = {}): Error {
  return Object.assign(new Error(message), { name, ...members });
}

function failureOf(name: string, cause: Error | undefined, members: object = {}, of = state): AnonError {
  const failure = databaseFailure(of, failed(name, 'refused s3cret', { cause, ...members }));
  if (!isAnonError(failure)) throw new Error('it is not an AnonError');
  expect(`${failure.message} ${failure.hint}`).not.toContain('s3cret');
  return failure;
}

const networkCode = exitCodeOf('tenant_unreachable');

describe('a database that is unavailable', () => {
  const where = 'The database postgres://app@db.example/Shop';

  it.each([
    [{ code: 'ECONNREFUSED' }, `${where} cannot be reached: connection refused.`],
    [{ code: 'ENOTFOUND' }, `${where} cannot be reached: no such host.`],
    [{ code: 'ECONNRESET' }, `${where} cannot be reached: the connection was closed.`],
    [{ code: 'ETIMEDOUT' }, `${where} cannot be reached: connection timed out.`],
    [{ code: 'EX' }, `${where} cannot be reached: the connection failed (EX).`],
    [{ message: 'timeout expired' }, `${where} cannot be reached: it does not answer in time.`],
    [{ message: 'Connection terminated' }, `${where} cannot be reached: the connection failed.`],
    [{ severity: 'FATAL', code: '53300' }, `${where} has no free connection.`],
    [{ severity: 'FATAL', code: '57P01' }, `${where} is starting or shutting down.`],
    [{ severity: 'FATAL', code: '57P03' }, `${where} is starting or shutting down.`],
    [{ severity: 'ERROR', code: '25006' }, `${where} cannot be written to.`],
  ])('%j ends with the exit code of the network', (members, message) => {
    const failure = failureOf('DatabaseUnavailableError', failed('Error', 'x', members));
    expect(failure).toMatchObject({ code: 'tenant_unreachable', message, hint: expect.any(String) });
    expect(exitCodeOf(failure.code)).toBe(networkCode);
  });

  it('with several addresses gives the clearest reason', () => {
    const each = [failed('Error', 'x', { code: 'ENETUNREACH' }), failed('Error', 'x', { code: 'ECONNREFUSED' })];
    expect(failureOf('DatabaseUnavailableError', new AggregateError(each)).message).toContain('connection refused');
  });
});

describe('a database that refuses', () => {
  it.each([
    ['password', {}, 'not_authorised', 'refuses the password of user app.', /PGPASSWORD/],
    [
      'login',
      { message: 'role "app" does not exist' },
      'not_authorised',
      'refuses the connection: role "app" does not exist.',
      /pg_hba\.conf/,
    ],
    ['database', {}, 'not_found', 'does not exist.', /createdb/],
    [
      'permission',
      { message: 'permission denied for database Shop' },
      'not_authorised',
      'denies a permission: permission denied for database Shop.',
      /GRANT CREATE ON DATABASE "Shop" TO app$/,
    ],
    ['permission', { code: 'EACCES' }, 'tenant_unreachable', 'cannot be reached: permission denied.', undefined],
    [
      'tls',
      { message: 'The server does not support SSL connections' },
      'tenant_unreachable',
      'cannot be reached with TLS: it does not support TLS.',
      /sslmode=disable/,
    ],
    [
      'tls',
      { code: 'SELF_SIGNED_CERT_IN_CHAIN' },
      'tenant_unreachable',
      'cannot be reached with TLS: its certificate is not trusted.',
      /sslrootcert=<file>/,
    ],
    [
      'tls',
      { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      'tenant_unreachable',
      'cannot be reached with TLS: its certificate is for another host name.',
      /verify-full/,
    ],
    ['tls', { code: 'EPROTO' }, 'tenant_unreachable', 'cannot be reached with TLS: a TLS error occurred.', /sslmode/],
  ])('%s %j', (reason, cause, code, words, hint) => {
    const failure = failureOf('DatabaseRefusedError', failed('Error', 'x', cause), { reason });
    expect(failure).toMatchObject({ code, message: `The database postgres://app@db.example/Shop ${words}` });
    if (hint) expect(failure.hint).toMatch(hint);
  });

  it('for want of a password', () => {
    const without = { ...state, postgres: { ...postgres, password: undefined } };
    const failure = failureOf('DatabaseRefusedError', failed('Error', 'x'), { reason: 'password' }, without);
    expect(failure.message).toBe('The database postgres://app@db.example/Shop needs a password for user app.');
  });

  it('for a file of a certificate', () => {
    const members = { reason: 'tls', message: 'cannot read the root certificate /etc/ca.pem: the file does not exist' };
    expect(failureOf('DatabaseRefusedError', failed('Error', 'x', { code: 'ENOENT' }), members)).toMatchObject({
      code: 'usage',
      message: '/etc/ca.pem cannot be read: no such file.',
    });
  });

  it('because its state is newer', () => {
    expect(failureOf('DatabaseRefusedError', failed('Error', 'x'), { reason: 'newer' })).toMatchObject({
      code: 'state_unusable',
      message: 'The state in postgres://app@db.example/Shop was written by a newer anon-cli.',
      hint: 'Install a newer anon-cli from its repository; it is not in any package registry.',
    });
  });

  it('because its settings contradict each other, or a file does not hold what it should', () => {
    const message = 'sslmode=verify-ca needs sslrootcert: a file with the certificates to trust';
    expect(failureOf('DatabaseRefusedError', undefined, { reason: 'tls', message })).toMatchObject({
      code: 'usage',
      message: `The database postgres://app@db.example/Shop cannot be reached with TLS: ${message}.`,
      hint: 'Check the parameters of its address: sslmode, sslrootcert, sslcert, sslkey.',
    });
    const unusable = { reason: 'tls', message: 'cannot use the root certificate /etc/ca.pem: no start line' };
    expect(failureOf('DatabaseRefusedError', failed('Error', 'x'), unusable)).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('cannot use the root certificate /etc/ca.pem: no start line.'),
    });
  });

  it.each([
    ['read-only', 'not_authorised', 'The database postgres://app@db.example/Shop lets user app read only.'],
    ['damaged', 'state_unusable', "The state in postgres://app@db.example/Shop is damaged, or another program's."],
  ])('%s', (reason, code, message) => {
    const failure = failureOf('DatabaseRefusedError', failed('Error', 'x'), { reason });
    expect(failure).toMatchObject({ code, message, hint: expect.any(String) });
  });

  it('a statement', () => {
    const members = {
      reason: 'statement',
      message: 'PostgreSQL at db.example:5432 refuses a statement with error 42P01',
    };
    expect(failureOf('DatabaseRefusedError', failed('Error', 'x'), members)).toMatchObject({ code: 'failed' });
  });
});

it('other errors are left alone', () => {
  for (const error of [new Error('bug'), 'text', undefined]) expect(databaseFailure(state, error)).toBe(error);
});
