import type { Place } from './problem.ts';

export type ScalarValue = string | number | boolean | null;

/** A value without members. */
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly value: ScalarValue;
  /** As the user wrote it, without quotes; with references such as `${NAME}` before they were replaced. */
  readonly source: string;
  /** In quotes, or a block of text: always a text. */
  readonly quoted: boolean;
  /** Part of it comes from an environment variable, so messages show the source. */
  readonly substituted?: true;
  /** It refers to an environment variable that has no value: `value` is what is written, and says nothing of its kind. */
  readonly unresolved?: true;
}

export interface ListNode {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly DocumentNode[];
}

export interface MapEntry {
  /** Where the key is. */
  readonly place: Place;
  readonly value: DocumentNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly place: Place;
  /** In the order in which they are written. */
  readonly entries: ReadonlyMap<string, MapEntry>;
}

/** A value in a document with its place. An alias is the node that it stands for. */
export type DocumentNode = ScalarNode | ListNode | MapNode;

/** Keys and indexes from the root. */
export type DocumentPath = readonly (string | number)[];

/** What a user wrote, as plain data with places. */
export interface Document {
  /** The name of its file, or of the last of several. */
  readonly name: string;
  readonly root: DocumentNode;
  /** Maps as objects, lists as arrays. */
  readonly value: unknown;
  /** Where the key or the value at `path` is; for a path that does not exist, where its nearest parent is. */
  placeOf(path: DocumentPath, part?: 'key' | 'value'): Place;
  /** Undefined for a path that does not exist. */
  nodeAt(path: DocumentPath): DocumentNode | undefined;
}

export function documentOf(name: string, root: DocumentNode): Document {
  return {
    name,
    root,
    value: dataOf(root),
    placeOf: (path, part = 'value') => placeIn(root, path, part),
    nodeAt: (path) => path.reduce<DocumentNode | undefined>((node, key) => node && childOf(node, key)?.value, root),
  };
}

function childOf(node: DocumentNode, key: string | number): MapEntry | undefined {
  if (node.kind === 'map') return node.entries.get(String(key));
  const item = node.kind === 'list' ? node.items[Number(key)] : undefined;
  return item && { place: item.place, value: item };
}

function placeIn(root: DocumentNode, path: DocumentPath, part: 'key' | 'value'): Place {
  let entry: MapEntry = { place: root.place, value: root };
  for (const [depth, key] of path.entries()) {
    const child = childOf(entry.value, key);
    // What is missing is missing from its parent, whose key says where that is.
    if (!child) return depth === 0 ? root.place : entry.place;
    entry = child;
  }
  return part === 'key' ? entry.place : entry.value.place;
}

function dataOf(node: DocumentNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(dataOf);
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, dataOf(value)]));
}

/** The first document changed by the second, member by member: maps merge, anything else is replaced, lists too. */
export function mergedDocument(base: Document, change: Document): Document {
  return documentOf(change.name, merged(base.root, change.root));
}

/** A document without some keys of its root. */
export function withoutKeys(document: Document, keys: readonly string[]): Document {
  const { name, root } = document;
  if (root.kind !== 'map' || !keys.some((key) => root.entries.has(key))) return document;
  const entries = new Map([...root.entries].filter(([key]) => !keys.includes(key)));
  return documentOf(name, { ...root, entries });
}

function merged(base: DocumentNode, change: DocumentNode): DocumentNode {
  if (base.kind !== 'map' || change.kind !== 'map') return change;
  const entries = new Map<string, MapEntry>(base.entries);
  for (const [key, entry] of change.entries) entries.set(key, mergedEntry(entries.get(key), entry));
  return { ...(change satisfies MapNode), entries };
}

function mergedEntry(base: MapEntry | undefined, change: MapEntry): MapEntry {
  return base ? { place: change.place, value: merged(base.value, change.value) } : change;
}
