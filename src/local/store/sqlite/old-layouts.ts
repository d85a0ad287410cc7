import type Database from 'libsql';
import type { Kind } from '../store.ts';
import { allDocuments, checkStructure, checkWhole, usedOnce } from './check.ts';
import { combined, digestOf, parseDocument, textOf } from './digest.ts';
import { currentLayout, type WholeState } from './layout.ts';
import { StateFileError } from './state-file-error.ts';

/** Reads and checks a whole state of any layout. @throws {StateFileError} `corrupt` */
export function readWhole(database: Database.Database, layout: number): WholeState {
  if (layout < currentLayout) return readOldLayout(database, layout);
  checkWhole(database);
  return { documents: [...allDocuments(database)], used: usedOnce(database) };
}

/** Layouts 1 and 2: every document in one table, also the used tokens; in layout 2 a digest of all of them. */
function readOldLayout(database: Database.Database, layout: number): WholeState {
  checkStructure(database);
  const rows = database
    .prepare(
      `SELECT CAST(kind AS BLOB) AS kind, CAST(id AS BLOB) AS id, CAST(body AS BLOB) AS body FROM document
        ORDER BY rowid`,
    )
    .all() as Record<'kind' | 'id' | 'body', ArrayBuffer>[];
  const all = rows.map(({ kind, id, body: bytes }) => {
    const body = textOf(bytes);
    return { kind: textOf(kind), id: textOf(id), body, document: parseDocument(body) };
  });
  const isComplete =
    layout > 1
      ? digestIn(database) === combined('0', ...all.map(({ kind, id, body }) => digestOf(kind, id, body)))
      : all.length === 0 ||
        ['tenant settings', 'key current'].every((key) => all.some(({ kind, id }) => `${kind} ${id}` === key));
  if (!isComplete) throw new StateFileError('corrupt');
  return {
    documents: all.flatMap(({ kind, ...others }) => (kind === 'used_token' ? [] : [{ ...others, kind: kind as Kind }])),
    used: all.flatMap(({ kind, id, document }) =>
      kind === 'used_token' ? [{ id, ends: Math.ceil(Number(document.expires_at)) }] : [],
    ),
  };
}

function digestIn(database: Database.Database): string {
  const rows = database.prepare('SELECT CAST(digest AS BLOB) AS digest FROM state').all() as { digest: ArrayBuffer }[];
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new StateFileError('corrupt');
  return textOf(row.digest);
}
