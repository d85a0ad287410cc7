/**
 * A number that JavaScript would not write back as it was written: `12345678901234567890`, `1.0`, `1e400`, `-0`. Its
 * value is the nearest JavaScript number; {@link exactJson} writes the original text.
 */
export class ExactNumber extends Number {
  readonly #text: string;

  constructor(text: string) {
    super(text);
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }
}

/** Checked by shape, because each file of the build has its own copy of the class. */
export function isExactNumber(value: unknown): value is ExactNumber {
  return value instanceof Number && 'text' in value;
}

/** The number that a value of {@link readExactJson} is, or undefined when it is not a number. */
export function numberOf(value: unknown): number | undefined {
  return isExactNumber(value) ? value.valueOf() : typeof value === 'number' ? value : undefined;
}

/**
 * Whether a JSON text may contain a number that JavaScript would write differently. Most texts don't; inside a string, as in
 * an id, digits alone say nothing.
 */
const suspicious = /(?:^|[\s:,[])(?:-0|-?\d+(?:\d{15}|[.eE]))/;

/** @throws {SyntaxError} for what is not JSON */
export function readExactJson(text: string): unknown {
  if (!suspicious.test(text)) return JSON.parse(text);
  const exact: string[] = [];
  const mark = markFor(text);
  const marked = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => {
    if (token.startsWith('"') || String(Number(token)) === token) return token;
    return `"${mark}${exact.push(token) - 1}"`;
  });
  // Text that was not JSON must not become JSON.
  if (exact.length === 0 || !isJson(text)) return JSON.parse(text);
  return JSON.parse(marked, (_, value) =>
    typeof value === 'string' && value.startsWith(mark)
      ? new ExactNumber(exact[Number(value.slice(mark.length))] ?? '')
      : value,
  );
}

/** A prefix that no string in the text has, in any escaping. */
function markFor(text: string): string {
  const spelt = text.replaceAll(/\\u([\da-f]{4})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  let mark = 'number ';
  while (spelt.includes(mark)) mark = `n${mark}`;
  return mark;
}

function isJson(text: string): boolean {
  JSON.parse(text);
  return true;
}

/** Like JSON.stringify, but exact numbers keep every digit. */
export function exactJson(value: unknown, indent = 0): string {
  // First, because it throws for what can't be written. Looking for exact numbers with a replacer would take ten times as long.
  const plain = JSON.stringify(value, undefined, indent);
  return holdsExact(value) ? written(value, indent, '\n') : plain;
}

/** Does not recurse: a value may nest deeper than the stack. */
function holdsExact(value: unknown): boolean {
  const rest = [value];
  while (rest.length > 0) {
    const item = rest.pop();
    if (typeof item !== 'object' || item === null) continue;
    if (isExactNumber(item)) return true;
    for (const member of Object.values(item)) rest.push(member);
  }
  return false;
}

function written(value: unknown, indent: number, lineBreak: string): string {
  if (isExactNumber(value)) return value.text;
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value) ?? 'null';
  const inner = `${lineBreak}${' '.repeat(indent)}`;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items = Array.isArray(value)
    ? value.map((item) => written(item, indent, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => `${JSON.stringify(name)}:${indent > 0 ? ' ' : ''}${written(member, indent, inner)}`);
  if (items.length === 0) return open + close;
  return indent > 0 ? `${open}${inner}${items.join(`,${inner}`)}${lineBreak}${close}` : open + items.join(',') + close;
}

/** The value with every exact number replaced by the nearest JavaScript number. */
export function plainJson<Value>(value: Value): Value {
  if (isExactNumber(value)) return value.valueOf() as Value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainJson) as Value;
  const entries = Object.entries(value).map(([name, member]) => [name, plainJson(member)]);
  return Object.fromEntries(entries) as Value;
}
