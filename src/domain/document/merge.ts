import { type Document, type DocumentNode, documentOf, type MapEntry, type MapNode } from './node.ts';

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
