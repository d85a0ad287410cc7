import type { JsonObject } from '../../../wire/schema.ts';
import type { SavedDocument } from '../database.ts';
import type { Kind, Range, Where } from '../store.ts';
import type { Row } from './connections.ts';
import { decodeText, indexKey } from './text.ts';

export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export function getStatement(kind: Kind, id: string): Statement {
  return {
    text: 'SELECT id, revision, body FROM anon_cli.document WHERE kind = $1 AND key = $2',
    values: [kind, indexKey(id)],
  };
}

/** The range is found in an index first, so that the documents before it are not read. */
export function listStatement(kind: Kind, where: Where | undefined, range: Range | undefined): Statement {
  const { text, values } = places(kind, where);
  if (!range && !where) {
    return { text: 'SELECT id, revision, body FROM anon_cli.document WHERE kind = $1 ORDER BY place', values };
  }
  const added = range ? rangeOf(range, text, values.length + 1) : { text: '', values: [] };
  return {
    text: `SELECT id, revision, body FROM (${text}${added.text}) AS found JOIN anon_cli.document USING (place) ORDER BY place`,
    values: [...values, ...added.values],
  };
}

export function countStatement(kind: Kind, where: Where | undefined): Statement {
  const { text, values } = places(kind, where);
  return { text: `SELECT count(*) AS count FROM (${text}) AS found`, values };
}

function places(kind: Kind, where: Where | undefined): Statement {
  if (!where) return { text: 'SELECT place FROM anon_cli.document WHERE kind = $1', values: [kind] };
  return {
    text: 'SELECT place FROM anon_cli.lookup WHERE kind = $1 AND lookup = $2 AND value = $3',
    values: [kind, where.lookup, indexKey(where.value)],
  };
}

/** @param list the statement of the whole list @param next the number of the next parameter */
function rangeOf(range: Range, list: string, next: number): Statement {
  if ('offset' in range) {
    return { text: ` ORDER BY place OFFSET $${next} LIMIT $${next + 1}`, values: [range.offset, range.limit] };
  }
  const place = `SELECT place FROM anon_cli.document WHERE kind = $1 AND key = $${next}`;
  return {
    text: ` AND place >= (${list} AND place = (${place})) ORDER BY place LIMIT $${next + 1}`,
    values: [indexKey(range.from), range.limit],
  };
}

export function savedDocument(row: Row): SavedDocument {
  return {
    id: decodeText(String(row.id)),
    revision: Number(row.revision),
    document: JSON.parse(String(row.body)) as JsonObject,
  };
}
