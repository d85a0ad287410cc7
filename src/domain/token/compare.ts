import { isExactNumber } from '../../wire/exact-json.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { DecodedToken } from './decode.ts';

/** One difference between two tokens. */
export interface TokenChange {
  /** Dotted: `header.kid`, `claims.metadata.cart.items`, `form`; in a nested token `inner.claims.sub`. */
  readonly path: string;
  /** Undefined: added. */
  readonly before: unknown;
  /** Undefined: removed. */
  readonly after: unknown;
}

export interface TokenComparison {
  /** Nothing differs, and everything was compared. */
  readonly same: boolean;
  readonly changes: readonly TokenChange[];
  /** What could be compared: not the claims of an encrypted token, and nothing of an opaque one. */
  readonly compared: readonly ('header' | 'claims')[];
}

interface Side {
  /** The bare token. */
  readonly token: string;
  readonly decoded: DecodedToken;
}

/** What changed from one token to another: in form, header and, if both can be read, claims. */
export function compareTokens(before: Side, after: Side): TokenComparison {
  const readable = isReadable(before.decoded) && isReadable(after.decoded);
  // The header of an opaque token is unknown, not missing.
  const [old, now] = isOpaque(before, after)
    ? [{ form: before.decoded.form }, { form: after.decoded.form }]
    : [viewOf(before.decoded, readable), viewOf(after.decoded, readable)];
  const changes = changesIn('', old, now);
  const repeats = repeatsIn(before.decoded).length + repeatsIn(after.decoded).length > 0;
  return {
    same: before.token === after.token || (readable && !repeats && changes.length === 0),
    changes,
    compared: isOpaque(before, after) ? [] : readable ? ['header', 'claims'] : ['header'],
  };
}

/** Which members a token has twice, as notes on it: only the last is compared. */
export function repeatsIn({ form, notes, inner }: DecodedToken): readonly string[] {
  return form === 'opaque' ? [] : [...notes, ...(inner ? repeatsIn(inner) : [])];
}

function isOpaque(...sides: readonly Side[]): boolean {
  return sides.some(({ decoded }) => decoded.form === 'opaque');
}

function isReadable({ claims, text, inner }: DecodedToken): boolean {
  return claims !== undefined || text !== undefined || inner !== undefined;
}

/** The compared parts of a token: not its signature, and not the time left. */
function viewOf({ form, header, claims, text, inner }: DecodedToken, contents: boolean): JsonObject {
  return {
    form,
    header,
    ...(contents && claims && { claims }),
    ...(contents && text !== undefined && { contents: text }),
    ...(contents && inner && { inner: viewOf(inner, true) }),
  };
}

/** What changed from one object to another, as between the claims of two tokens. */
export function changesBetween(before: JsonObject, after: JsonObject): TokenChange[] {
  return changesIn('', before, after);
}

function changesIn(path: string, before: JsonObject, after: JsonObject): TokenChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    changesAt(path === '' ? key : `${path}.${key}`, memberOf(before, key), memberOf(after, key)),
  );
}

/** Objects are compared member by member, even if only one side has them; arrays are compared whole. */
function changesAt(path: string, before: unknown, after: unknown): TokenChange[] {
  if (isJsonObject(before) && isJsonObject(after)) return changesIn(path, before, after);
  if (isFilled(before) && after === undefined) return changesIn(path, before, {});
  if (before === undefined && isFilled(after)) return changesIn(path, {}, after);
  return isSame(before, after) ? [] : [{ path, before, after }];
}

function isSame(before: unknown, after: unknown): boolean {
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.length === after.length && before.every((item, index) => isSame(item, after[index]));
  }
  if (isJsonObject(before) && isJsonObject(after)) return changesIn('', before, after).length === 0;
  if (isExactNumber(before) && isExactNumber(after)) return before.text === after.text;
  return before === after;
}

/** A claim may have the name of an inherited member, such as `constructor`. */
function memberOf(value: JsonObject, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isFilled(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0;
}
