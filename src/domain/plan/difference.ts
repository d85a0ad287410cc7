import { isJsonObject, type JsonObject } from '../../wire/schema.ts';

/** One member of an object at the tenant that a write changes. */
export interface Change {
  /** Its name on the wire, dotted where it is nested: `sessions.anonymous.lifetime_in_minutes`. */
  readonly member: string;
  /** Undefined: not set. */
  readonly before: unknown;
  /** Undefined: removed. */
  readonly after: unknown;
}

/** What writing `members` changes in `before`, member by member; objects are looked into, arrays are compared whole. */
export function difference(before: JsonObject, members: JsonObject): Change[] {
  return Object.entries(members).flatMap(([member, after]) => changesOf(member, before[member], after));
}

function changesOf(member: string, before: unknown, after: unknown): Change[] {
  if (isJsonObject(after) && (isJsonObject(before) || before === undefined || before === null)) {
    const inside = isJsonObject(before) ? before : {};
    return Object.entries(after).flatMap(([key, value]) => changesOf(`${member}.${key}`, inside[key], value));
  }
  return same(before, after) ? [] : [{ member, before, after }];
}

export function same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => same(item, other[index]));
  }
  if (isJsonObject(one) && isJsonObject(other)) {
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length &&
      keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]))
    );
  }
  return one === other;
}
