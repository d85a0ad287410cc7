import { escaped } from '../escapes.ts';
import { renderYaml } from '../render-config.ts';

/** What a value becomes: a scalar, a whole list, or a whole map. */
export type NewValue = string | number | boolean | readonly string[] | NewMap;

export interface NewMap {
  readonly [key: string]: NewValue;
}

/** How a value is written: as the value that it replaces. */
export type Style = 'json' | 'block' | 'plain' | 'QUOTE_DOUBLE' | 'QUOTE_SINGLE';

/** A value as text for a YAML or JSON file; a map without braces. In style `block`, a map has a line for each of its keys. */
export function textInStyle(value: NewValue, style: Style): string {
  const data = withEscapes(value);
  if (style === 'block') return renderYaml(data as object).trimEnd();
  const text = inBrackets(data, style);
  return isMapOfValues(data) ? text.slice(1, -1) : text;
}

function inBrackets(data: NewValue, style: Style): string {
  if (style === 'json') return JSON.stringify(data).replace(/^\{"((?:[^"\\]|\\.)*)":/, '{"$1": ');
  if (isMapOfValues(data)) {
    return `{${Object.entries(data)
      .map(([key, one]) => `${inBrackets(key, 'plain')}: ${inBrackets(one, 'plain')}`)
      .join(', ')}}`;
  }
  if (Array.isArray(data)) return `[${data.map((one: string) => inBrackets(one, 'plain')).join(', ')}]`;
  if (typeof data === 'string' && /^[\x20-\x7e]*$/.test(data)) {
    if (style === 'QUOTE_DOUBLE') return JSON.stringify(data);
    if (style === 'QUOTE_SINGLE') return `'${data.replaceAll("'", "''")}'`;
  }
  // A list in brackets, so that it is safe between brackets too.
  return renderYaml([data], { flow: true }).trim().slice(1, -1).trim();
}

function isMapOfValues(data: NewValue): data is NewMap {
  return typeof data === 'object' && !Array.isArray(data);
}

/** With `$${` for a `${` that is only text. */
function withEscapes(value: NewValue): NewValue {
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (!isMapOfValues(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [escaped(key), withEscapes(one)]));
}
