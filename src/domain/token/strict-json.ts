import { isUtf8 } from 'node:buffer';
import { readExactJson } from '../../wire/exact-json.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { isDeeperThan } from '../json-depth.ts';

/** Deeper than any claim that was meant, and far from where code that walks a value runs out of stack. */
const maxDepth = 32;

export type StrictJson = { readonly value: JsonObject } | { readonly problem: string };

/**
 * The JSON object in `bytes`, read so that it means the same to everybody: UTF-8, each member named once, and not
 * nested without end. What JSON.parse makes of a member named twice is the last; others take the first.
 * @see RFC 7515, section 4; RFC 7519, section 4; RFC 8725, section 2.4
 */
export function readStrictJson(bytes: Uint8Array): StrictJson {
  if (!isUtf8(bytes)) return { problem: 'is not UTF-8' };
  const text = Buffer.from(bytes).toString('utf8');
  const value = parse(text);
  if (!isJsonObject(value)) return { problem: 'is not a JSON object' };
  const problem = isDeeperThan(maxDepth, value) ? `nests more than ${maxDepth} deep` : nameTwice(text);
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

/** Says which member an object in a text that is JSON names twice: `names 'a' twice`. */
export function nameTwice(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, inside = '', colon] of text.matchAll(stringOrBracket)) {
    if (token === '{' || token === '[') {
      open.push(new Set());
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (colon !== undefined) {
      // As it reads, not as it is spelt: "\u0061lg" is "alg".
      const name: string = inside.includes('\\') ? JSON.parse(`"${inside}"`) : inside;
      const names = open.at(-1);
      if (names?.has(name)) return `names '${name.slice(0, 40)}' twice`;
      names?.add(name);
    }
  }
  return undefined;
}
