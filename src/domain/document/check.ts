import * as v from 'valibot';
import { mostSimilar } from '../did-you-mean.ts';
import { type Expected, foundText, meantText } from './found.ts';
import type { Document, DocumentNode, DocumentPath } from './node.ts';
import { type Problem, problemAt, sortedProblems } from './problem.ts';
import { choicesOf, keysOf, metadataOf, schemaAt } from './schema-at.ts';

export interface CheckedDocument<Value> {
  /** Undefined where there are problems. */
  readonly value?: Value;
  /** All of them, sorted by place. */
  readonly problems: readonly Problem[];
}

/**
 * Checks a document against a schema of valibot. Objects that are closed to other keys should be `closedObject`s;
 * {@link DocumentMetadata} in `v.metadata()` improves the messages.
 */
export function checkDocument<const S extends v.GenericSchema>(
  document: Document,
  schema: S,
): CheckedDocument<v.InferOutput<S>> {
  const lists = listsForMaps(document, schema);
  const result = v.safeParse(schema, document.value);
  if (result.success && lists.length === 0) return { value: result.output, problems: [] };
  const isInList = (issue: v.BaseIssue<unknown>) =>
    lists.some((path) => path.every((key, depth) => issue.path?.[depth]?.key === key));
  const isUnresolved = (issue: v.BaseIssue<unknown>) => {
    const node = document.nodeAt((issue.path ?? []).map(({ key }) => key as string | number));
    return node?.kind === 'scalar' && node.unresolved === true;
  };
  const issues = (result.issues ?? []).filter((issue) => !isInList(issue) && !isUnresolved(issue));
  return {
    problems: sortedProblems([
      ...lists.map((path) => wrongType(document, schema, { path, type: 'record', expected: null })),
      ...issues.map((issue) => problemOf(document, schema, issue)),
    ]),
  };
}

/** Valibot takes a list for an object. */
function listsForMaps(document: Document, schema: v.GenericSchema): DocumentPath[] {
  const found: DocumentPath[] = [];
  const look = (node: DocumentNode, path: DocumentPath): void => {
    if (node.kind === 'scalar') return;
    if (node.kind === 'map') {
      for (const [key, { value }] of node.entries) look(value, [...path, key]);
    } else if (expectedOf[schemaAt(schema, path)?.type ?? ''] === 'map') found.push(path);
    else for (const [index, item] of node.items.entries()) look(item, [...path, index]);
  };
  look(document.root, []);
  return found;
}

function problemOf(document: Document, schema: v.GenericSchema, issue: v.BaseIssue<unknown>): Problem {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const last = issue.path?.at(-1);
  if (issue.expected === 'never') return unknownKey(document, schema, path);
  if (issue.kind === 'schema' && last?.origin === 'key' && issue.received === 'undefined') {
    return missingKey(document, schema, path);
  }
  if (last?.origin === 'key') return said(document, path, 'key', issue.message);
  if (issue.kind === 'schema') return wrongType(document, schema, { path, type: issue.type, expected: issue.expected });
  return said(document, path, 'value', issue.message);
}

function said(document: Document, path: DocumentPath, part: 'key' | 'value', text: string): Problem {
  const [message = '', hint] = text.split('\n');
  return problemAt(document.placeOf(path, part), message, hint);
}

function unknownKey(document: Document, schema: v.GenericSchema, path: DocumentPath): Problem {
  const key = String(path.at(-1)).slice(0, 60);
  const parent = path.slice(0, -1);
  const known = keysOf(schemaAt(schema, parent));
  const similar = mostSimilar(key, known);
  return problemAt(
    document.placeOf(path, 'key'),
    `Unknown key '${key}'${parent.length === 0 ? '' : ` in ${labelOf(parent)}`}.`,
    similar ? `Did you mean '${similar}'?` : `Known keys: ${known.filter((one) => !one.startsWith('$')).join(', ')}.`,
  );
}

function missingKey(document: Document, schema: v.GenericSchema, path: DocumentPath): Problem {
  const parent = path.slice(0, -1);
  const { expected, instead } = metadataOf(schemaAt(schema, path));
  const hint = instead ?? (expected && `Add it: ${expected}.`);
  const where = parent.length === 0 ? 'The file' : `${capital(labelOf(parent))}`;
  return problemAt(document.placeOf(parent, 'key'), `${where} has no '${path.at(-1)}', which is required.`, hint);
}

const expectedOf: Readonly<Record<string, Expected>> = {
  string: 'text',
  picklist: 'text',
  number: 'number',
  boolean: 'boolean',
  array: 'list',
  record: 'map',
  object: 'map',
  object_with_rest: 'map',
  strict_object: 'map',
};

const articles: Readonly<Record<Expected, string>> = {
  text: 'a text',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  map: 'a map',
};

function wrongType(
  document: Document,
  schema: v.GenericSchema,
  given: { path: DocumentPath; type: string; expected: string | null },
): Problem {
  const { path } = given;
  const at = schemaAt(schema, path);
  const { expected, instead, secret = false } = metadataOf(at);
  const choices = choicesOf(at);
  const type = expectedOf[given.type];
  const wanted = expected ?? (choices.length > 0 ? listed(choices) : wordOf(type, given.expected));
  const node = document.nodeAt(path);
  const found = node ? foundText(node, { secret }) : 'nothing';
  const written = node?.kind === 'scalar' && !node.substituted && !secret ? node.source : undefined;
  const similar = written === undefined ? undefined : mostSimilar(written, choices);
  // In quotes, `3` is a text, but it is still no duration.
  const isNothing = node?.kind === 'scalar' && node.value === null;
  const helps = type !== 'text' || written === undefined || isNothing || (at && v.is(at, written));
  const meant = node && type && choices.length === 0 && helps ? meantText(node, type, { secret }) : undefined;
  return problemAt(
    document.placeOf(path, isNothing ? 'key' : 'value'),
    `${capital(labelOf(path))} must be ${wanted}, not ${found}.`,
    similar ? `Did you mean ${similar}?` : (instead ?? meant),
  );
}

function wordOf(type: Expected | undefined, expected: string | null): string {
  if (type) return articles[type];
  return (expected ?? 'something else').replaceAll(/[()"]/g, '').replaceAll(' | ', ' or ');
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** What a message calls a value: its key, or `item 2 of scopes`. */
export function labelOf(path: DocumentPath): string {
  const key = path.at(-1);
  if (key === undefined) return 'the file';
  if (typeof key === 'string') return key.length > 60 ? `${key.slice(0, 60)}…` : key;
  return `item ${key + 1}${path.length > 1 ? ` of ${labelOf(path.slice(0, -1))}` : ''}`;
}

function capital(text: string): string {
  return /^(?:item \d|the file)/.test(text) ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` : `'${text}'`;
}
