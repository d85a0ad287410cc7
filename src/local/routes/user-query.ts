import type { JsonObject } from '../../wire/schema.ts';
import type { Where } from '../store/store.ts';
import { choiceFilter, queryRefusal, type Selection } from './listing.ts';

/** What GET /api/v2/users lists. @throws {Refusal} 400 for a search that is not understood here */
export function userSelection(query: URLSearchParams): Selection {
  choiceFilter(query, 'search_engine', ['v1', 'v2', 'v3']);
  return { kind: 'user', where: searched(query), order: order(query) };
}

/** `email:"jane@example.com"` or `email:jane@example.com`, without wildcards, operators or ranges. */
const oneEmail = /^\s*email\s*:\s*(?:"([^"\\]+)"|([^\s"\\*?~^()[\]{}:/]+))\s*$/;

/** Refuses every other search: an answer that ignores a condition would be wrong, and nobody would notice. */
function searched(query: URLSearchParams): Where | undefined {
  const text = query.get('q')?.trim();
  if (!text) return undefined;
  const [, quoted, plain] = oneEmail.exec(text) ?? [];
  const value = quoted ?? plain;
  if (value === undefined) {
    throw queryRefusal('The local tenant only understands a search like email:"jane@example.com"', 'q');
  }
  return { lookup: 'email', value: value.toLowerCase() };
}

/** `sort=created_at:-1`: the newest first. */
function order(query: URLSearchParams): Selection['order'] {
  const text = query.get('sort');
  if (!text) return undefined;
  const [, member = '', direction] = /^(\w+):(1|-1)$/.exec(text) ?? [];
  if (direction === undefined) throw queryRefusal('The sort field must be field:1 or field:-1', 'sort');
  const sign = Number(direction);
  return (one, other) => sign * compared(one[member], other[member]);
}

/** Users without the member come first, as in the ascending order of the service's database. */
function compared(one: JsonObject[string], other: JsonObject[string]): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [first, second] = [one ?? '', other ?? ''].map(String) as [string, string];
  return first < second ? -1 : first > second ? 1 : 0;
}
