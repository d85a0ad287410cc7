import type { DocumentDatabase } from './database.ts';
import type { PostgresAddress, PostgresPorts } from './postgres/address.ts';
import { openSqlite, readSqlite } from './sqlite/database.ts';

/** Where a state is: in an SQLite file, in a PostgreSQL database, or in the memory of this process. */
export type StateLocation =
  | { readonly file: string }
  | { readonly postgres: PostgresAddress }
  | { readonly memory: DocumentDatabase };

/**
 * Opens the database at `location`, and creates the file or the tables on first use.
 * @throws {StateFileError | DatabaseUnavailableError | DatabaseRefusedError}
 */
export async function openDatabase(location: StateLocation, ports: PostgresPorts): Promise<DocumentDatabase> {
  if ('memory' in location) return location.memory;
  if ('file' in location) return openSqlite(location.file);
  return (await import('./postgres/database.ts')).openPostgres(location.postgres, ports);
}

/**
 * The database at `location`, to be read only; undefined where it has no tables yet. Creates and changes nothing.
 * @throws as {@link openDatabase}
 */
export async function readDatabase(
  location: StateLocation,
  ports: PostgresPorts,
): Promise<DocumentDatabase | undefined> {
  if ('memory' in location) return location.memory;
  if ('file' in location) return readSqlite(location.file);
  return (await import('./postgres/database.ts')).readPostgres(location.postgres, ports);
}
