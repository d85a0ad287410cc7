import { isExactNumber } from '../../wire/exact-json.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import type { DecodedToken } from './decode.ts';

/** One thing that differs between two tokens. */
export interface TokenChange {
  /** Where it is, dotted: `header.kid`, `claims.metadata.cart.items`, `form`; in a sealed token `inner.claims.sub`. */
  readonly path: string;
  /** Undefined: it was not there. */
  readonly before: unknown;
  /** Undefined: it is no more. */
  readonly after: unknown;
}

export interface TokenComparison {
  /** Nothing differs, and nothing was left uncompared. */
  readonly same: boolean;
  readonly changes: readonly TokenChange[];
  /** What could be compared: the claims of a sealed token cannot, and nothing of an opaque one. */
  readonly compared: readonly ('header' | 'claims')[];
}

interface Side {
  /** Without what is around it. */
  readonly token: string;
  readonly decoded: DecodedToken;
}

/** What changed from one token to another: in its form, its header, and where both can be read in its claims. */
export function compareTokens(before: Side, after: Side): TokenComparison {
  const readable = isReadable(before.decoded) && isReadable(after.decoded);
  const changes = changesIn('', viewOf(before.decoded, readable), viewOf(after.decoded, readable));
  return {
    same: before.token === after.token || (readable && changes.length === 0),
    changes,
    compared: isOpaque(before, after) ? [] : readable ? ['header', 'claims'] : ['header'],
  };
}

function isOpaque(...sides: readonly Side[]): boolean {
  return sides.some(({ decoded }) => decoded.form === 'opaque');
}

function isReadable({ claims, text, inner }: DecodedToken): boolean {
  return claims !== undefined || text !== undefined || inner !== undefined;
}

/** What of a token counts when two are compared: not what vouches for it, and not what is left of its times. */
function viewOf({ form, header, claims, text, inner }: DecodedToken, contents: boolean): JsonObject {
  return {
    form,
    header,
    ...(contents && claims && { claims }),
    ...(contents && text !== undefined && { contents: text }),
    ...(contents && inner && { inner: viewOf(inner, true) }),
  };
}

function changesIn(path: string, before: JsonObject, after: JsonObject): TokenChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    changesAt(path === '' ? key : `${path}.${key}`, memberOf(before, key), memberOf(after, key)),
  );
}

/** Objects are looked into, also when only one side has them; arrays are compared whole. */
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

/** A claim may be called as a member that every object has. */
function memberOf(value: JsonObject, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isFilled(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0;
}
