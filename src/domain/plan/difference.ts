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

/** Those members of `change` that say something other than `before`: a default that counts already is no change. */
export function changed<Setting extends object>(before: Setting, change: Partial<Setting>): Partial<Setting> {
  const differing = Object.entries(change).filter(([key, value]) => {
    const now = before[key as keyof Setting];
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(now);
  });
  return Object.fromEntries(differing) as Partial<Setting>;
}

/** A member of a write that the tenant shows otherwise than it was sent. */
export interface Mismatch {
  /** Its name on the wire, dotted where it is nested. */
  readonly member: string;
  readonly sent: unknown;
  /** Undefined: not shown at all. */
  readonly shown: unknown;
}

/**
 * The members of `sent` that `shown`, the object as the tenant shows it after the write, has otherwise. Only what was
 * sent is compared: a tenant fills in defaults and adds members of its own. Lists are compared whole, in any order.
 * What is not shown counts as null or empty, and not as false: a default may be true.
 */
export function mismatches(sent: JsonObject, shown: JsonObject): Mismatch[] {
  return Object.entries(sent).flatMap(([member, value]) => mismatchesOf(member, value, shown[member]));
}

function mismatchesOf(member: string, sent: unknown, shown: unknown): Mismatch[] {
  if (isJsonObject(sent) && (isJsonObject(shown) || isUnset(shown))) {
    const inside = isJsonObject(shown) ? shown : {};
    return Object.entries(sent).flatMap(([key, value]) => mismatchesOf(`${member}.${key}`, value, inside[key]));
  }
  return holds(sent, shown) ? [] : [{ member, sent, shown }];
}

function holds(sent: unknown, shown: unknown): boolean {
  if (Array.isArray(sent) && Array.isArray(shown)) return holdsAll(sent, shown);
  return (isUnset(sent) && isUnset(shown)) || same(sent, shown);
}

function holdsAll(sent: readonly unknown[], shown: readonly unknown[]): boolean {
  const left = [...shown];
  for (const item of sent) {
    const found = left.findIndex((other) => mismatchesOf('', item, other).length === 0);
    if (found < 0) return false;
    left.splice(found, 1);
  }
  return left.length === 0;
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '' || isEmptyList(value);
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
