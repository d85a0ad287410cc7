import type * as v from 'valibot';
import { mostSimilar } from '../did-you-mean.ts';
import { type Document, type DocumentNode, documentOf } from './node.ts';
import { type Place, type Problem, problemAt } from './problem.ts';
import { type ReadDocument, readDocument } from './read.ts';
import { keysOf, schemaAt } from './schema-at.ts';

/** One value given on the command line: `apps.web.enabled=false`. */
interface Setting {
  readonly path: readonly string[];
  readonly value: string;
}

/**
 * Reads the value of an option such as `--set apps.web.enabled=false` as a document with one value, which is YAML. Names in the
 * path may contain dots: `schema` tells where they end, and `before` which names there are.
 */
export function readSetting(
  option: string,
  text: string,
  { schema, before }: { schema: v.GenericSchema; before: Document | undefined },
): ReadDocument {
  const [name = ''] = text.split('=');
  const place: Place = { file: `${option} ${name.slice(0, 80)}`, line: 1, column: 1, option: true };
  if (!text.includes('=')) {
    const hint = `Example: ${option} tenant.lifetime=7d`;
    return { problems: [problemAt(place, 'A setting needs a path, an equals sign and a value.', hint)] };
  }
  const setting = settingIn(text, schema, before);
  if (!setting) return { problems: [unknownPath(place, name, schema)] };
  const { document, problems } = readDocument({ name: place.file, text: setting.value });
  if (!document) {
    const [problem] = problems;
    const message = setting.value.trim() === '' ? 'The value is empty.' : (problem?.message ?? 'This is not YAML.');
    return { problems: [problemAt(place, message, setting.value.trim() === '' ? undefined : problem?.hint)] };
  }
  const value = placedAt(document.root, place);
  const root = setting.path.reduceRight<DocumentNode>(
    (node, key) => ({ kind: 'map', place, entries: new Map([[key, { place, value: node }]]) }),
    value,
  );
  return { document: documentOf(place.file, root), problems };
}

/** A path may contain an equals sign, as audiences do. */
function settingIn(text: string, schema: v.GenericSchema, before: Document | undefined): Setting | undefined {
  for (let equals = text.indexOf('='); equals > 0; equals = text.indexOf('=', equals + 1)) {
    const value = text.slice(equals + 1);
    const path = pathIn(text.slice(0, equals), { schema, node: before?.root, isMap: /^\s*\{/.test(value) });
    if (path) return { path, value };
  }
  return undefined;
}

interface PathContext {
  readonly schema: v.GenericSchema;
  /** What is there before. */
  readonly node: DocumentNode | undefined;
  /** The value is a map, so the path may end at a name: `apps.web={enabled: true}`. */
  readonly isMap: boolean;
}

/** The keys that a path with dots stands for; of several possible names, one that is there, otherwise the longest. */
function pathIn(text: string, { schema, node, isMap }: PathContext): string[] | undefined {
  const ends = [...text.matchAll(/\.|$/g)].map(({ index }) => index).filter((end) => end > 0);
  const entries = node?.kind === 'map' ? node.entries : undefined;
  const isThere = (key: string) => Number(entries?.has(key) ?? false);
  const candidates = ends
    .map((end) => text.slice(0, end))
    .sort((a, b) => isThere(b) - isThere(a) || b.length - a.length);
  for (const key of candidates) {
    const inside = schemaAt(schema, [key]);
    if (!inside) continue;
    if (key.length < text.length) {
      const context = { schema: inside, node: entries?.get(key)?.value, isMap };
      const rest = pathIn(text.slice(key.length + 1), context);
      if (rest) return [key, ...rest];
    } else if (isMap || keysOf(inside).length === 0 || keysOf(schema).length > 0) return [key];
  }
  return undefined;
}

/** Follows a path that leads nowhere to the part that is wrong. */
function unknownPath(place: Place, name: string, schema: v.GenericSchema): Problem {
  const known = keysOf(schema);
  const key = known.find((one) => name === one || name.startsWith(`${one}.`));
  const inside = key === undefined ? undefined : schemaAt(schema, [key]);
  if (key === undefined || !inside) return unknownKey(place, name.split('.')[0] ?? '', known);
  const rest = name.slice(key.length + 1);
  if (keysOf(inside).length > 0) return unknownPath(place, rest, inside);
  const named = inside.type === 'array' ? [] : keysOf(schemaAt(inside, ['x']));
  if (named.length === 0) return problemAt(place, `'${key}' can only be set as a whole.`, `Example: ${key}=[a, b]`);
  // What is behind the last dot cannot belong to the name: then the path would have been found.
  if (!rest.includes('.')) return problemAt(place, 'The path ends too early.', `Known keys: ${named.join(', ')}.`);
  return unknownKey(place, rest.slice(rest.lastIndexOf('.') + 1), named);
}

function unknownKey(place: Place, key: string, known: readonly string[]): Problem {
  const similar = mostSimilar(key, known);
  const hint = similar
    ? `Did you mean '${similar}'?`
    : `Known keys: ${known.filter((one) => !one.startsWith('$')).join(', ')}.`;
  return problemAt(place, `Unknown key '${key.slice(0, 60)}'.`, hint);
}

/** The node with `place` for all that is in it. */
function placedAt(node: DocumentNode, place: Place): DocumentNode {
  if (node.kind === 'scalar') return { ...node, place };
  if (node.kind === 'list') return { ...node, place, items: node.items.map((item) => placedAt(item, place)) };
  const entries = [...node.entries].map(([key, { value }]) => [key, { place, value: placedAt(value, place) }] as const);
  return { ...node, place, entries: new Map(entries) };
}
