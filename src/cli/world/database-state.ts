import { resolve } from 'node:path';
import { addressText, type PostgresAddress, readDatabaseAddress } from '../../domain/profile/database-address.ts';
import { AnonError, isAnonError } from '../../errors.ts';
import { type PostgresState, systemUser } from '../../io/embedded/state-address.ts';
import { databaseKey, servedKey } from '../../io/embedded/state-key.ts';
import { passwordFor } from '../../io/files/password-file.ts';
import type { Env } from './environment.ts';
import { isServedAddress } from './served-state.ts';

/** The text of an address and where it comes from. */
export interface DatabaseText {
  readonly text: string;
  readonly from: '--database' | 'argument' | 'ANON_DATABASE_URL' | 'profile';
}

/**
 * The database at an address, with the password from the address, PGPASSWORD or a password file. Only ANON_DATABASE_URL may
 * contain a password: others can read arguments, and profiles.json has no secrets.
 * @throws {AnonError} `usage`; `state_unusable` for the address in a profile
 */
export function databaseState(given: DatabaseText, env: Env, warn: (message: string) => void): PostgresState {
  const address = given.from === 'profile' ? savedAddress(given.text) : givenAddress(given, env);
  const files = {
    sslRootCert: absolute(address.sslRootCert),
    sslCert: absolute(address.sslCert),
    sslKey: absolute(address.sslKey),
  };
  const password = address.password ?? (env.PGPASSWORD || passwordFor(address, env, warn));
  const postgres = { ...address, ...files, password };
  return { postgres, displayed: addressText(postgres) };
}

function givenAddress({ text, from }: DatabaseText, env: Env): PostgresAddress {
  const source = from === 'argument' ? '' : ` in ${from}`;
  const address = readDatabaseAddress(text, { source, env, systemUser });
  if (from === 'ANON_DATABASE_URL' || address.password === undefined) return address;
  throw new AnonError('usage', "A password can't be given on the command line, where others can read it.", {
    hint: 'Leave it out of the address and set PGPASSWORD or PGPASSFILE, or set ANON_DATABASE_URL to the whole address.',
  });
}

/** A saved address names everything, so that it is the same database in every environment. */
function savedAddress(text: string): PostgresAddress {
  const hint = 'Save it again: anon-cli local use-database <url>';
  try {
    const address = readDatabaseAddress(text, { source: ' in profiles.json' });
    if (address.password === undefined) return address;
  } catch (cause) {
    throw isAnonError(cause) ? new AnonError('state_unusable', cause.message, { hint, cause }) : cause;
  }
  throw new AnonError('state_unusable', 'Invalid database address in profiles.json: it contains a password.', { hint });
}

/** A profile is used in other folders, too. */
function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/**
 * A name for the state at an address, which may be part of a file's name: a database, or the memory of another process.
 * @throws {AnonError} `state_unusable`
 */
export function keyOfDatabase(text: string): string {
  if (isServedAddress(text)) return servedKey(text);
  return databaseKey(savedAddress(text));
}

/** Whether a profile's saved address, which may be invalid, is that of `state`. */
export function isSavedAs(saved: string, { postgres }: PostgresState): boolean {
  try {
    return keyOfDatabase(saved) === databaseKey(postgres);
  } catch {
    return false;
  }
}
