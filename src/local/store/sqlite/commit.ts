import type { Commit, Condition } from '../database.ts';
import { valuesOf } from '../lookups.ts';
import type { Kind } from '../store.ts';
import { type DocumentRow, documentColumns, readRow, readState, type Statements, usedOnce } from './check.ts';
import { combined, digestOf, parseDocument } from './digest.ts';
import { digestOfNumbers, digestOfUse, type StateNumbers } from './layout.ts';

/** For this number of revisions the state knows which documents they wrote. */
export const loggedRevisions = 1000;

/** Returns the revision; undefined, and nothing is written, where a condition is not met. */
export function commitTo(connection: Statements, { conditions, clears, writes }: Commit): number | undefined {
  const { numbers: before, digest } = readState(connection);
  if (!conditions.every((condition) => isMet(connection, before, condition))) return undefined;
  const revision = before.revision + 1;
  const numbers = { ...before, revision, writes: before.writes + 1, cleared: clears ? revision : before.cleared };
  // What was used once stays used, whatever becomes of the documents.
  const digests = clears ? usedOnce(connection).map(digestOfUse) : [digest, digestOfNumbers(before)];
  if (clears) for (const table of tables) connection.prepare(`DELETE FROM ${table}`).run();
  for (const { kind, id, document } of writes) {
    if (document) digests.push(...put(connection, { kind, id, body: JSON.stringify(document), revision }));
    else digests.push(...remove(connection, kind, id));
    if (!clears) connection.prepare('INSERT OR IGNORE INTO change VALUES (?, ?, ?)').run(revision, kind, id);
  }
  connection.prepare('DELETE FROM change WHERE revision <= ?').run(revision - loggedRevisions);
  writeState(connection, numbers, digests);
  return revision;
}

const tables = ['document', 'lookup', 'change'];

function isMet(connection: Statements, { revision, cleared }: StateNumbers, condition: Condition): boolean {
  const { kind } = condition;
  if ('id' in condition) {
    const saved = connection.prepare('SELECT revision FROM document WHERE kind = ? AND id = ?').get(kind, condition.id);
    return ((saved as { revision: number } | undefined)?.revision ?? 0) === condition.revision;
  }
  if ('nowhere' in condition) {
    const { lookup, value } = condition.nowhere;
    const sql = 'SELECT 1 FROM lookup WHERE kind = ? AND name = ? AND value = ? LIMIT 1';
    return connection.prepare(sql).get(kind, lookup, value) === undefined;
  }
  const since = condition.unchangedSince;
  if (since < cleared || since < revision - loggedRevisions) return false;
  const sql = 'SELECT 1 FROM change WHERE revision > ? AND kind = ? LIMIT 1';
  return connection.prepare(sql).get(since, kind) === undefined;
}

interface Written {
  readonly kind: Kind;
  readonly id: string;
  readonly body: string;
  readonly revision: number;
}

/** Returns the digests by which that of the whole state changes. */
function put(connection: Statements, { kind, id, body, revision }: Written): string[] {
  const digest = digestOf(kind, id, revision, body);
  const before = find(connection, kind, id);
  const values = valuesOf(kind, parseDocument(body));
  const place = before?.place ?? insert(connection, { kind, id, body, revision, digest });
  if (before) {
    connection
      .prepare('UPDATE document SET revision = ?, body = ?, digest = ? WHERE place = ?')
      .run(revision, body, digest, place);
    removeLookups(connection, kind, before);
  }
  for (const { lookup, value } of values) {
    connection.prepare('INSERT INTO lookup VALUES (?, ?, ?, ?)').run(kind, lookup, value, place);
  }
  return before ? [before.digest, digest] : [digest];
}

function insert(connection: Statements, { kind, id, body, revision, digest }: Written & { digest: string }): number {
  const sql = 'INSERT INTO document (kind, id, revision, body, digest) VALUES (?, ?, ?, ?, ?)';
  return Number(connection.prepare(sql).run(kind, id, revision, body, digest).lastInsertRowid);
}

function remove(connection: Statements, kind: Kind, id: string): string[] {
  const before = find(connection, kind, id);
  if (before === undefined) return [];
  removeLookups(connection, kind, before);
  connection.prepare('DELETE FROM document WHERE place = ?').run(before.place);
  return [before.digest];
}

function find(connection: Statements, kind: Kind, id: string) {
  const sql = `SELECT place, ${documentColumns} FROM document WHERE kind = ? AND id = ?`;
  const row = connection.prepare(sql).get(kind, id) as (DocumentRow & { place: number }) | undefined;
  return row && { place: row.place, ...readRow(kind, row) };
}

function removeLookups(connection: Statements, kind: Kind, { place, body }: { place: number; body: string }): void {
  const sql = 'DELETE FROM lookup WHERE kind = ? AND name = ? AND value = ? AND place = ?';
  for (const { lookup, value } of valuesOf(kind, parseDocument(body))) {
    connection.prepare(sql).run(kind, lookup, value, place);
  }
}

interface NewUse {
  readonly id: string;
  readonly nowSeconds: number;
  readonly endSeconds: number;
}

/** Whether it was not taken before. */
export function takeFrom(connection: Statements, { id, nowSeconds, endSeconds }: NewUse): boolean {
  const { numbers, digest } = readState(connection);
  const digests = [digest, digestOfNumbers(numbers)];
  for (const ended of usedOnce(connection, Math.floor(nowSeconds))) {
    connection.prepare('DELETE FROM used_once WHERE id = ?').run(ended.id);
    digests.push(digestOfUse(ended));
  }
  const ends = Math.ceil(endSeconds);
  const { changes } = connection.prepare('INSERT OR IGNORE INTO used_once VALUES (?, ?)').run(id, ends);
  if (changes > 0) digests.push(digestOfUse({ id, ends }));
  if (digests.length > 2) writeState(connection, { ...numbers, writes: numbers.writes + 1 }, digests);
  return changes > 0;
}

function writeState(connection: Statements, numbers: StateNumbers, digests: readonly string[]): void {
  const { revision, writes, cleared } = numbers;
  connection
    .prepare('UPDATE state SET revision = ?, writes = ?, cleared = ?, digest = ?')
    .run(revision, writes, cleared, combined(...digests, digestOfNumbers(numbers)));
}
