import type { JsonObject } from '../../wire/schema.ts';
import { managementRefusal } from '../refusal.ts';

const maxPerPage = 100;
const defaultPerPage = 50;

/**
 * A list as the Management API answers it: a bare array; with `include_totals=true` one page with its
 * totals, under `key`; with `take` a page with the id of the `next`. Past the end a page is empty.
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
  const from = integer(query, 'from', 0, Number.MAX_SAFE_INTEGER, 0);
  const end = from + take;
  return {
    [key]: documents.slice(from, end).map(pick),
    ...(end < documents.length && { next: String(end) }),
  };
}

/** `fields` names the members to show, or with `include_fields=false` those to leave out. */
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
    throw managementRefusal(
      400,
      `Query validation error: 'Invalid value' on property ${name}.`,
      'invalid_query_string',
    );
  }
  return value;
}
