import { describe, expect, it } from 'vitest';
import type { PostgresAddress } from '../../../../src/local/store/postgres/address.ts';
import { meaningOf } from '../../../../src/local/store/postgres/failure.ts';

const address: PostgresAddress = {
  host: 'db.example',
  port: 5432,
  user: 'web',
  database: 'shop',
  sslMode: 'prefer',
};

const networkError = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.7:5432`), { code });
const answer = (code: string, message: string) => Object.assign(new Error(message), { severity: 'FATAL', code });

/** What a test cannot make a real server do. */
describe('an error that waiting mends is unavailable', () => {
  it.each([
    [networkError('ENOTFOUND'), 'cannot reach PostgreSQL at db.example:5432: the host name was not found'],
    [networkError('EAI_AGAIN'), 'cannot reach PostgreSQL at db.example:5432: EAI_AGAIN'],
    [networkError('EHOSTUNREACH'), 'cannot reach PostgreSQL at db.example:5432: EHOSTUNREACH'],
    [networkError('ETIMEDOUT'), 'cannot reach PostgreSQL at db.example:5432: ETIMEDOUT'],
    [
      new AggregateError([networkError('ECONNREFUSED'), networkError('ENETUNREACH')]),
      'cannot reach PostgreSQL at db.example:5432: the connection was refused',
    ],
    [
      answer('57P03', 'the database system is starting up'),
      'cannot reach PostgreSQL at db.example:5432: the database system is starting up',
    ],
    [
      answer('53100', 'could not extend file: No space left on device'),
      'PostgreSQL at db.example:5432 cannot be used now: could not extend file: No space left on device',
    ],
    [
      answer('58030', 'could not read block 0: Input/output error'),
      'PostgreSQL at db.example:5432 cannot be used now: could not read block 0: Input/output error',
    ],
  ])('%s', (error, message) => {
    expect(meaningOf(error, address, 2500)).toMatchObject({
      name: 'DatabaseUnavailableError',
      message,
      retryAfterSeconds: 3,
    });
  });
});

describe('an error that waiting does not mend is refused', () => {
  it.each([
    [
      networkError('EACCES'),
      'permission',
      'this process may not connect to PostgreSQL at /run/postgresql/.s.PGSQL.5432',
    ],
    [
      answer('42883', 'function gen_random_uuid() does not exist'),
      'statement',
      'PostgreSQL at /run/postgresql/.s.PGSQL.5432 refuses a statement with error 42883: function gen_random_uuid() does not exist',
    ],
    [
      answer('XX000', 'a message that may show a value'),
      'statement',
      'PostgreSQL at /run/postgresql/.s.PGSQL.5432 refuses a statement with error XX000',
    ],
  ])('%s', (error, reason, message) => {
    const refused = { name: 'DatabaseRefusedError', reason, message };
    expect(meaningOf(error, { ...address, host: '/run/postgresql' })).toMatchObject(refused);
  });
});

it('an error of the program itself stays as it is', () => {
  const error = new TypeError('x is not a function');
  expect(meaningOf(error, address)).toBe(error);
});
