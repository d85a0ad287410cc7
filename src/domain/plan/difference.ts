import { isJsonObject, type JsonObject } from '../../wire/schema.ts';

/** One member of an object at the tenant that a write changes. */
export interface Change {
  /** Its name on the wire, dotted where it is nested: `sessions.anonymous.lifetime_in_minutes`. */
  readonly member: string;
  /** Undefined when not set. */
  readonly before: unknown;
  /** Undefined when removed. */
  readonly after: unknown;
}

/** The changes that writing `members` makes to `before`: nested objects member by member, arrays as a whole. */
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

/** The members of `change` that differ from `before`: setting a default that is already in force is not a change. */
export function changedMembers<Setting extends object>(before: Setting, change: Partial<Setting>): Partial<Setting> {
  const differing = Object.entries(change).filter(([key, value]) => {
    const now = before[key as keyof Setting];
    return value !== undefined && JSON.stringify(value) !== JSON.stringify(now);
  });
  return Object.fromEntries(differing) as Partial<Setting>;
}

/** A written member that the tenant returns with another value. */
export interface Mismatch {
  /** Its name on the wire, dotted where it is nested. */
  readonly member: string;
  readonly sent: unknown;
  /** Undefined when the tenant does not return it. */
  readonly shown: unknown;
}

/**
 * The members of `sent` that differ in `shown`, the object as the tenant returns it after the write. Only what was sent
 * is compared: a tenant fills in defaults and adds members of its own. Lists are compared as a whole, in any order.
 * A missing member counts as null or empty, but not as false: its default may be true.
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
