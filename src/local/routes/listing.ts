import type { JsonObject } from '../../wire/schema.ts';
import { managementRefusal, type Refusal } from '../http/refusal.ts';
import type { Kind, Range, Store, Where } from '../store/store.ts';

const maxPerPage = 100;
const defaultPerPage = 50;

/** The documents that a request lists. */
export interface Selection {
  readonly kind: Kind;
  /** What an index selects; all documents by default. */
  readonly where?: Where | undefined;
  /** What to leave out of that. Without an order, only the documents from a checkpoint to the end of a page are read. */
  readonly filter?: ((document: JsonObject) => boolean) | undefined;
  /** Another order than that in which the documents were first put. */
  readonly order?: ((one: JsonObject, other: JsonObject) => number) | undefined;
  /** A document as the request may see it; whole by default. */
  readonly shown?: (document: JsonObject) => JsonObject;
}

/**
 * A list in the Management API's forms: an array; with `include_totals=true` a page with totals, its items under `key`;
 * with `take` a page and `next`, the checkpoint of the following page. Past the end a page is empty.
 * @see management-api, section 2.3
 */
export async function listing(
  store: Store,
  url: URL,
  key: string,
  selection: Selection,
): Promise<JsonObject | JsonObject[]> {
  const query = url.searchParams;
  const { shown = (document) => document } = selection;
  const hasTotals = booleanFilter(query, 'include_totals') === true;
  const pick = fieldPicker(query);
  const show = (document: JsonObject) => pick(shown(document));
  if (query.has('take') || query.has('from')) return checkpointPage(store, query, key, { ...selection, shown: show });
  const page = integer(query, 'page', 0, Number.MAX_SAFE_INTEGER, 0);
  const limit = integer(query, 'per_page', 0, maxPerPage, defaultPerPage);
  const start = page * limit;
  const selected = await select(store, selection);
  // No list is that long, and a database can't read a larger number.
  const items = (await selected.page({ offset: Math.min(start, Number.MAX_SAFE_INTEGER), limit })).map(show);
  if (!hasTotals) return items;
  return { total: await selected.count(), start, limit, [key]: items };
}

async function checkpointPage(
  store: Store,
  query: URLSearchParams,
  key: string,
  selection: Selection & Required<Pick<Selection, 'shown'>>,
): Promise<JsonObject> {
  const limit = integer(query, 'take', 1, maxPerPage, defaultPerPage);
  const from = query.get('from');
  // One more, whose checkpoint is `next`.
  const documents = await itemsFrom(store, selection, from === null ? undefined : idAt(from), limit + 1);
  if (from !== null && documents.length === 0) throw queryRefusal('Invalid checkpoint', 'from');
  const next = documents[limit];
  return {
    [key]: documents.slice(0, limit).map(selection.shown),
    ...(next && { next: checkpointOf(idOf(next)) }),
  };
}

/** How many documents are read at a time where only some of them are shown. */
const chunkSize = 200;

/** The items of a page that begins at a document, or at the start of the list. Empty where that document is not in it. */
async function itemsFrom(
  store: Store,
  selection: Selection,
  from: string | undefined,
  count: number,
): Promise<readonly JsonObject[]> {
  const { kind, where, filter, order } = selection;
  if (!filter || order) {
    const { page } = await select(store, selection);
    return page({ ...(from === undefined ? { offset: 0 } : { from }), limit: count });
  }
  const items: JsonObject[] = [];
  for (let start = from, isFirst = true; ; isFirst = false) {
    const range = { ...(start === undefined ? { offset: 0 } : { from: start }), limit: chunkSize };
    const chunk = await store.page(kind, range, where);
    // A later chunk begins with the last document of the one before it.
    items.push(...(isFirst ? chunk : chunk.slice(1)).filter(filter));
    const last = chunk.at(-1);
    if (items.length >= count || chunk.length < chunkSize || !last) return items.slice(0, count);
    start = idOf(last);
  }
}

interface Selected {
  page(range: Range): Promise<readonly JsonObject[]>;
  count(): Promise<number>;
}

async function select(store: Store, { kind, where, filter, order }: Selection): Promise<Selected> {
  if (!filter && !order) {
    return { page: (range) => store.page(kind, range, where), count: () => store.count(kind, where) };
  }
  const documents = (await store.list(kind, where)).filter(filter ?? (() => true));
  if (order) documents.sort(order);
  return {
    async page(range) {
      const start = 'offset' in range ? range.offset : documents.findIndex((document) => idOf(document) === range.from);
      return start < 0 ? [] : documents.slice(start, start + range.limit);
    },
    count: async () => documents.length,
  };
}

function idOf({ id, client_id, user_id }: JsonObject): string {
  return String(id ?? client_id ?? user_id);
}

/** Refers to a document, not to an index: a client that deletes the items of a page skips none on the next. */
function checkpointOf(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** The id that a checkpoint refers to. @throws {Refusal} 400 when it is not a checkpoint of this tenant */
function idAt(checkpoint: string): string {
  const id = Buffer.from(checkpoint, 'base64url').toString('utf8');
  if (checkpointOf(id) !== checkpoint) throw queryRefusal('Invalid checkpoint', 'from');
  return id;
}

/** Selects the members in `fields`, or, with `include_fields=false`, all others. */
export function fieldPicker(query: URLSearchParams): (document: JsonObject) => JsonObject {
  const fields = query.get('fields')?.split(',').filter(Boolean) ?? [];
  const shown = booleanFilter(query, 'include_fields') !== false;
  if (fields.length === 0) return (document) => document;
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

/** A boolean parameter; undefined when it is not given. */
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
  return managementRefusal(400, `Query validation error: '${problem}' on property ${name}.`, 'invalid_query_string');
}
