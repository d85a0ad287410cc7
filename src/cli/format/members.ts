import { exactJson } from '../../wire/exact-json.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';

/** A value of a result under one name. */
export interface Member {
  /** As in the JSON, nested ones joined by `_`: `app_client_id`. */
  readonly name: string;
  /** Texts as they are, the rest as JSON; null is empty. */
  readonly text: string;
}

/**
 * The values of a result that fit under one name each: those of the top level and of the objects in it, with
 * arrays as JSON. Deeper objects are left out: what a token says is asked for by `--field`.
 */
export function membersOf(data: JsonObject): Member[] {
  const members = new Map<string, Member>();
  const add = (name: string, value: unknown) => {
    const key = name.replaceAll(/[^A-Za-z0-9]/g, '_');
    // Variables are written in capitals, and GitHub tells no output from another by them.
    const one = key.toLowerCase();
    if (value !== undefined && !members.has(one)) members.set(one, { name: key, text: textOf(value) });
  };
  for (const [name, value] of Object.entries(data)) if (!isJsonObject(value)) add(name, value);
  for (const [name, value] of Object.entries(data)) {
    if (!isJsonObject(value)) continue;
    for (const [inner, text] of Object.entries(value)) if (!isJsonObject(text)) add(`${name}_${inner}`, text);
  }
  return [...members.values()];
}

/** JSON says an apostrophe another way, so that what is no text fits between single quotes. */
function textOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : exactJson(value).replaceAll("'", '\\u0027');
}
