import type { DocumentNode, ScalarNode } from './node.ts';
import { isSecret } from './secret-text.ts';

/** What an error says is there: `the text 'no'`, `the number 1000, written 1e3`, `a list`. */
export function foundText(node: DocumentNode, { secret }: { secret: boolean }): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  if (node.value === null) return node.source === '' ? 'nothing' : node.source;
  if (node.substituted) return `the value of ${shown(node.source)}`;
  const kind = typeof node.value === 'string' ? 'text' : 'number';
  if (secret) return typeof node.value === 'boolean' ? 'true or false' : `a ${kind}`;
  if (typeof node.value === 'boolean') return node.source;
  if (kind === 'text') return `the text ${shown(node.source)}`;
  const written = String(node.value) === node.source ? '' : `, written ${node.source.slice(0, 40)}`;
  return `the number ${node.value}${written}`;
}

/** Longer texts may be secrets, or whole blocks. */
function shown(text: string): string {
  return text.length > 40 || isSecret(text) || /[\r\n]/.test(text) ? `of ${text.length} characters` : `'${text}'`;
}

/** The types that schemas expect. */
export type Expected = 'text' | 'number' | 'boolean' | 'list' | 'map';

/** What the user probably meant by a value of the wrong type, as an instruction. */
export function meantText(node: DocumentNode, expected: Expected, { secret }: { secret: boolean }): string | undefined {
  if (node.kind === 'list') return expected === 'map' ? 'Write names as keys, without dashes: name: value' : undefined;
  if (node.kind === 'map') return expected === 'text' ? colonHint(node.entries.keys().next().value) : undefined;
  if (node.value === null) return nothingHint(expected);
  if (expected === 'text')
    return secret ? 'Put it in quotes.' : `In quotes it is a text: '${node.source.slice(0, 40)}'`;
  if (typeof node.value !== 'string') return undefined;
  if (expected === 'boolean') return booleanHint(node);
  if (expected === 'number' && node.quoted && /^\d+$/.test(node.source)) return 'Remove the quotes.';
  if (secret || node.value.length > 60 || isSecret(node.value)) return undefined;
  if (expected === 'list')
    return `Write a list: [${node.value
      .split(/[\s,]+/)
      .filter(Boolean)
      .join(', ')}]`;
  const pair = /^([\w-]+):(\S+)$/.exec(node.value);
  if (expected === 'map' && pair) return `Put a space after the colon: ${pair[1]}: ${pair[2]}`;
  return undefined;
}

function nothingHint(expected: Expected): string {
  if (expected === 'list') return 'Write [] for an empty list, or remove the line.';
  if (expected === 'map') return 'Write {} for an empty map, or remove the line.';
  return 'Write a value, or remove the line.';
}

function booleanHint({ value, quoted }: ScalarNode): string | undefined {
  const text = String(value).toLowerCase();
  if (quoted && (text === 'true' || text === 'false')) return `Remove the quotes: ${text}`;
  if (/^(?:y|yes|on|1|enabled?)$/.test(text)) return 'Write true.';
  return /^(?:n|no|off|0|disabled?)$/.test(text) ? 'Write false.' : 'Write true or false.';
}

/** `[read: catalog]` is a list with a map. */
function colonHint(key: string | undefined): string {
  return key === undefined || key.length > 40
    ? 'A colon with a space makes a map: remove the space, or put the text in quotes.'
    : `'${key}: …' with a space is a map: write '${key}:…' without it, or in quotes.`;
}
