import type { JsonObject } from '../../wire/schema.ts';
import { managementRefusal, type Refusal } from '../http/refusal.ts';

const maxPerPage = 100;
const defaultPerPage = 50;

/**
 * A list in the Management API's forms: an array; with `include_totals=true` a page with totals, its items under `key`;
 * with `take` a page and `next`, the checkpoint of the following page. Past the end a page is empty.
 * @see management-api, section 2.3
 */
export function listing(url: URL, key: string, documents: readonly JsonObject[]): JsonObject | JsonObject[] {
  const query = url.searchParams;
  const pick = fieldPicker(query);
  if (query.has('take') || query.has('from')) return checkpointPage(query, key, documents, pick);
  const page = integer(query, 'page', 0, Number.MAX_SAFE_INTEGER, 0);
  const limit = integer(query, 'per_page', 0, maxPerPage, defaultPerPage);
  const start = page * limit;
  const items = documents.slice(start, start + limit).map(pick);
  if (query.get('include_totals') !== 'true') return items;
  return { total: documents.length, start, limit, [key]: items };
}

function checkpointPage(
  query: URLSearchParams,
  key: string,
  documents: readonly JsonObject[],
  pick: (document: JsonObject) => JsonObject,
): JsonObject {
  const take = integer(query, 'take', 1, maxPerPage, defaultPerPage);
  const from = query.get('from');
  const start = from === null ? 0 : documents.findIndex((document) => checkpointOf(document) === from);
  if (start < 0) throw queryRefusal('Invalid checkpoint', 'from');
  const [next] = documents.slice(start + take);
  return {
    [key]: documents.slice(start, start + take).map(pick),
    ...(next && { next: checkpointOf(next) }),
  };
}

/** Refers to a document, not to an index: a client that deletes the items of a page skips none on the next. */
function checkpointOf({ id, client_id }: JsonObject): string {
  return Buffer.from(String(id ?? client_id)).toString('base64url');
}

/** Selects the members in `fields`, or, with `include_fields=false`, all others. */
export function fieldPicker(query: URLSearchParams): (document: JsonObject) => JsonObject {
  const fields = query.get('fields')?.split(',').filter(Boolean) ?? [];
  if (fields.length === 0) return (document) => document;
  const shown = query.get('include_fields') !== 'false';
  return (document) => Object.fromEntries(Object.entries(document).filter(([key]) => fields.includes(key) === shown));
}

function integer(query: URLSearchParams, name: string, min: number, max: number, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw queryRefusal('Invalid value', name);
  }
  return value;
}

/** A boolean filter; undefined when it is not given. */
export function booleanFilter(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (text !== 'true' && text !== 'false') throw queryRefusal('Expected type boolean but found type string', name);
  return text === 'true';
}

/** A filter with one of `values`; undefined when it is not given. */
export function choiceFilter(query: URLSearchParams, name: string, values: readonly string[]): string | undefined {
  const text = query.get(name);
  if (text !== null && !values.includes(text)) throw queryRefusal(`No enum match for: ${text.slice(0, 80)}`, name);
  return text ?? undefined;
}

/** Assumed: the code, and all of the wording but its beginning. */
export function queryRefusal(problem: string, name: string): Refusal {
  return managementRefusal(400, `Query validation error: '${problem} on property ${name}'.`, 'invalid_query_string');
}
