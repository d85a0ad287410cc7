import type { JsonObject } from '../../../wire/schema.ts';
import { lookupVersion } from '../lookups.ts';
import type { Kind } from '../store.ts';
import { lookupRows } from './commit.ts';
import type { Connections, Query, Row } from './connections.ts';
import { sqlState } from './failure.ts';
import { DatabaseRefusedError, damagedState } from './refused-error.ts';
import { createTables, layout } from './tables.ts';
import { decodeText } from './text.ts';

/** "anon": only one instance at a time creates or changes the tables. */
const lockNumber = 0x616e6f6e;

const timeoutMs = 60_000;

/**
 * Whatever the role's defaults are, the server ends what takes longer before the client stops waiting. It also ends a
 * transaction whose client stands still or has lost its machine, because every other instance waits for it.
 */
const limits = `
SET LOCAL lock_timeout = ${timeoutMs - 5000};
SET LOCAL statement_timeout = ${timeoutMs - 5000};
SET LOCAL idle_in_transaction_session_timeout = ${timeoutMs}`;

/** How many documents are in memory while their lookups are computed. */
const batch = 1000;

const versions = 'SELECT layout, lookup_version FROM anon_cli.state';
const missing = /^(42P01|3F000|42883)$/;

/** Whether an error means that the tables or the function do not exist. */
export function isSchemaMissing(error: unknown): boolean {
  return missing.test(sqlState(error) ?? '');
}

/** Creates the tables or brings them up to date, unless another instance has. @throws {DatabaseRefusedError} */
export async function prepareSchema(connections: Connections): Promise<void> {
  if (isCurrent(await readVersions(connections))) return;
  await connections.transaction(async (query) => {
    await query(limits);
    await query('SELECT pg_advisory_xact_lock($1)', [lockNumber]);
    await createMissing(query);
    const state = await query(versions);
    if (state.length === 0) throw damagedState();
    if (!isCurrent(state)) await computeLookups(query);
  }, timeoutMs);
}

/** Whether this version can read the tables; false where they do not exist. @throws {DatabaseRefusedError} `newer` */
export async function hasSchema(connections: Connections): Promise<boolean> {
  const rows = await readVersions(connections);
  isCurrent(rows);
  return rows.length > 0;
}

async function readVersions(connections: Connections): Promise<Row[]> {
  try {
    return await connections.read(versions);
  } catch (error) {
    if (isSchemaMissing(error)) return [];
    throw error;
  }
}

/** Whether the tables are those of this version. @throws {DatabaseRefusedError} `newer` or `damaged` */
export function isCurrent([state]: readonly Row[]): boolean {
  if (!state) return false;
  if (Number(state.layout) > layout || Number(state.lookup_version) > lookupVersion) {
    throw new DatabaseRefusedError('newer', 'a later version of anon-cli has written the state in this database');
  }
  if (Number(state.layout) !== layout) throw damagedState();
  return Number(state.lookup_version) === lookupVersion;
}

async function createMissing(query: Query): Promise<void> {
  const [found] = await query(`SELECT
    EXISTS (SELECT FROM pg_namespace WHERE nspname = 'anon_cli') AS schema,
    to_regclass('anon_cli.state') IS NOT NULL AS tables`);
  // An administrator may have created the schema for a user who may not create one.
  if (!found?.schema) await query('CREATE SCHEMA anon_cli');
  if (!found?.tables) await query(createTables);
}

async function computeLookups(query: Query): Promise<void> {
  await query('SELECT FROM anon_cli.state FOR UPDATE');
  await query('DELETE FROM anon_cli.lookup');
  for (let place = 0; ; ) {
    const rows = await query(
      'SELECT place, kind, id, body FROM anon_cli.document WHERE place > $1 ORDER BY place LIMIT $2',
      [place, batch],
    );
    if (rows.length === 0) break;
    await query(
      `INSERT INTO anon_cli.lookup (kind, lookup, value, place)
        SELECT kind, lookup, value, place
        FROM jsonb_to_recordset($1) AS v (kind text, lookup text, value text, place bigint)`,
      [JSON.stringify(rows.flatMap(placedLookups))],
    );
    place = Number(rows.at(-1)?.place);
  }
  await query('UPDATE anon_cli.state SET lookup_version = $1', [lookupVersion]);
}

function placedLookups({ place, kind, id, body }: Row) {
  const document = JSON.parse(String(body)) as JsonObject;
  return lookupRows({ kind: kind as Kind, id: decodeText(String(id)), document }).map((row) => ({ ...row, place }));
}
