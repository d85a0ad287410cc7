import { isUtf8 } from 'node:buffer';
import { readExactJson } from '../wire/exact-json.ts';
import { isJsonObject, type JsonObject } from '../wire/schema.ts';

/** Deeper than any real claim, and far below where recursive code runs out of stack. */
const maxStrictDepth = 32;

/** The limit for JSON that is only displayed: code that prints a value recurses into it. */
const maxDepth = 500;

/**
 * Whether a JSON value nests deeper than `levels`. A deeper value could overflow the stack of code that recurses
 * into it, so this check itself does not recurse.
 */
export function isDeeperThan(levels: number, value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
  return false;
}

/** The JSON object in `bytes`, or undefined when they hold anything else or nest too deeply to be displayed. */
export function jsonObjectIn(bytes: Uint8Array): JsonObject | undefined {
  // Buffer rather than TextDecoder, which takes 2 ms to construct.
  if (!isUtf8(bytes)) return undefined;
  const value = parse(Buffer.from(bytes).toString('utf8'));
  // Each level takes two brackets.
  const mayBeDeeper = bytes.length > 2 * maxDepth;
  return isJsonObject(value) && !(mayBeDeeper && isDeeperThan(maxDepth, value)) ? value : undefined;
}

export type StrictJson = { readonly value: JsonObject } | { readonly problem: string };

/**
 * The JSON object in `bytes`, accepted only when every parser reads it the same way: UTF-8, no duplicate member names,
 * limited nesting. JSON.parse takes the last of two members with the same name; other parsers take the first.
 * @see RFC 7515, section 4; RFC 7519, section 4; RFC 8725, section 2.4
 */
export function readStrictJson(bytes: Uint8Array): StrictJson {
  if (!isUtf8(bytes)) return { problem: 'is not UTF-8' };
  const text = Buffer.from(bytes).toString('utf8');
  const value = parse(text);
  if (!isJsonObject(value)) return { problem: 'is not a JSON object' };
  const problem = isDeeperThan(maxStrictDepth, value)
    ? `nests more than ${maxStrictDepth} levels deep`
    : duplicateMember(text);
  return problem === undefined ? { value } : { problem };
}

function parse(text: string): unknown {
  try {
    return readExactJson(text);
  } catch {
    return undefined;
  }
}

const stringOrBracket = /"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\]]/g;

/** The first duplicate member name in a text that is JSON, in words: `has two members named 'a'`. */
export function duplicateMember(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, inside = '', colon] of text.matchAll(stringOrBracket)) {
    if (token === '{' || token === '[') {
      open.push(new Set());
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (colon !== undefined) {
      // Names are compared unescaped: "\u0061lg" is "alg".
      const name: string = inside.includes('\\') ? JSON.parse(`"${inside}"`) : inside;
      const names = open.at(-1);
      if (names?.has(name)) return `has two members named '${name.slice(0, 40)}'`;
      names?.add(name);
    }
  }
  return undefined;
}
