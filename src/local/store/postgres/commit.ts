import type { JsonObject } from '../../../wire/schema.ts';
import type { Commit, Condition, DocumentKey } from '../database.ts';
import { lookupVersion, valuesOf } from '../lookups.ts';
import { encodeJson, encodeText, indexKey } from './text.ts';

/** With more documents than this, an instance that wants to know what changed reads everything again. */
const maxLogged = 1000;

/** What the database's function is given. */
export function commitWork({ conditions, clears, writes }: Commit): string {
  const { removed, put, touched } = outcomeOf(writes);
  const isLogged = !clears && touched.length <= maxLogged;
  return JSON.stringify({
    lookupVersion,
    ...conditionLists(conditions),
    clears,
    isLogged,
    removed: removed.map(({ kind, id }) => ({ kind, key: indexKey(id) })),
    put: put.map(({ kind, id, document }, index) => ({
      position: index + 1,
      kind,
      key: indexKey(id),
      id: encodeText(id),
      body: encodeJson(document),
    })),
    values: put.flatMap((saved) => lookupRows(saved)),
    changed: isLogged ? touched.map(({ kind, id }) => ({ kind, id: encodeText(id) })) : [],
  });
}

/** The rows by which lookups find a document. */
export function lookupRows({ kind, id, document }: DocumentKey & { readonly document: JsonObject }) {
  const key = indexKey(id);
  return valuesOf(kind, document).map(({ lookup, value }) => ({ kind, key, lookup, value: indexKey(value) }));
}

function conditionLists(conditions: readonly Condition[]) {
  return {
    documents: conditions.flatMap((condition) =>
      'id' in condition ? [{ kind: condition.kind, key: indexKey(condition.id), revision: condition.revision }] : [],
    ),
    nowhere: conditions.flatMap((condition) =>
      'nowhere' in condition
        ? [{ kind: condition.kind, lookup: condition.nowhere.lookup, value: indexKey(condition.nowhere.value) }]
        : [],
    ),
    unchanged: conditions.flatMap((condition) =>
      'unchangedSince' in condition ? [{ kind: condition.kind, since: condition.unchangedSince }] : [],
    ),
  };
}

/** What is left of writes in a row: what to remove first, and then what to put, in the order of the new documents. */
function outcomeOf(writes: Commit['writes']) {
  const removed = new Map<string, DocumentKey>();
  const put = new Map<string, DocumentKey & { document: JsonObject }>();
  const touched = new Map<string, DocumentKey>();
  for (const { kind, id, document } of writes) {
    const key = `${kind}\u0000${id}`;
    touched.set(key, { kind, id });
    if (document) {
      put.set(key, { kind, id, document });
    } else {
      put.delete(key);
      removed.set(key, { kind, id });
    }
  }
  return { removed: [...removed.values()], put: [...put.values()], touched: [...touched.values()] };
}
