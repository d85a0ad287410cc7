import { withEscapes } from '../escapes.ts';

/** A value that is not a text: `auth0_client.web.id`. */
export class Expression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A resource as HCL. Objects, and lists of objects, are blocks. */
export function hclResource(type: string, label: string, members: Readonly<Record<string, unknown>>): string {
  return `resource "${type}" "${label}" {\n${bodyOf(members, '  ')}}\n`;
}

function bodyOf(members: Readonly<Record<string, unknown>>, indent: string): string {
  const entries = Object.entries(members);
  const attributes = entries.filter(([, value]) => blocksIn(value) === undefined);
  const width = Math.max(0, ...attributes.map(([name]) => name.length));
  const lines = attributes.map(([name, value]) => `${indent}${name.padEnd(width)} = ${expressionOf(value)}\n`);
  const blocks = entries.flatMap(([name, value]) =>
    (blocksIn(value) ?? []).map((block) => {
      const body = bodyOf(block, `${indent}  `);
      return body === '' ? `${indent}${name} {}\n` : `${indent}${name} {\n${body}${indent}}\n`;
    }),
  );
  return [...lines, ...blocks].join('');
}

type Block = Readonly<Record<string, unknown>>;

function blocksIn(value: unknown): readonly Block[] | undefined {
  if (Array.isArray(value)) return value.every(isBlock) && value.length > 0 ? value : undefined;
  return isBlock(value) ? [value] : undefined;
}

function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Expression);
}

function expressionOf(value: unknown): string {
  if (value instanceof Expression) return value.text;
  if (Array.isArray(value)) return `[${value.map(expressionOf).join(', ')}]`;
  return typeof value === 'string' ? quoted(value) : String(value);
}

/** Nothing in the text is a template. */
function quoted(text: string): string {
  return withEscapes(JSON.stringify(text).replaceAll(/[$%](?=\{)/g, '$&$&'));
}

/** Labels of resources: letters, digits and `_`, each once. */
export function labels(): (name: string) => string {
  const used = new Set<string>();
  return (name) => {
    const plain = name
      .toLowerCase()
      .replaceAll(/[^a-z\d]+/g, '_')
      .replaceAll(/^_+|_+$/g, '');
    const base = /^[a-z]/.test(plain) ? plain : `_${plain}`;
    let label = base;
    for (let count = 2; used.has(label); count++) label = `${base}_${count}`;
    used.add(label);
    return label;
  };
}
