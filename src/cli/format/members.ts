import type { JsonObject } from '../../wire/schema.ts';

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
  const members = new Map<string, string>();
  const add = (name: string, value: unknown) => {
    const key = name.replaceAll(/[^A-Za-z0-9]/g, '_');
    if (value !== undefined && !members.has(key)) members.set(key, textOf(value));
  };
  for (const [name, value] of Object.entries(data)) if (!isObject(value)) add(name, value);
  for (const [name, value] of Object.entries(data)) {
    if (!isObject(value)) continue;
    for (const [inner, text] of Object.entries(value)) if (!isObject(text)) add(`${name}_${inner}`, text);
  }
  return [...members].map(([name, text]) => ({ name, text }));
}

function textOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
