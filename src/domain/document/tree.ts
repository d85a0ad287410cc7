import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Document as ParsedDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { DocumentNode, MapEntry, ScalarNode, ScalarValue } from './node.ts';
import { type Place, type Problem, problemAt } from './problem.ts';
import { isSecret } from './secret-text.ts';
import { expanded, type Variables } from './variables.ts';

/** What a node is read with. */
interface Reading {
  readonly text: string;
  readonly placeOf: (offset: number) => Place;
  readonly variables: Variables | undefined;
}

/** More values than any file has; aliases of aliases reach it within a few lines. */
const maxValues = 100_000;

/** Names that would reach an object's prototype. */
const prototypeNames = ['__proto__', 'constructor', 'prototype'];

/**
 * Reads a parsed document into nodes with places, with every problem in it. Without a root where it is unusable; a variable without
 * a value leaves the rest of the document to be checked.
 */
export function treeOf(
  parsed: ParsedDocument.Parsed,
  reading: Reading,
): { root: DocumentNode | undefined; problems: Problem[] } {
  const reader = new TreeReader(parsed, reading);
  const root = reader.read(parsed.contents as Node);
  return { root: reader.isUsable ? root : undefined, problems: reader.problems };
}

class TreeReader {
  readonly problems: Problem[] = [];
  readonly #parsed: ParsedDocument.Parsed;
  readonly #reading: Reading;
  /** The anchored nodes that are being read. */
  readonly #open = new Set<Node>();
  readonly #read = new Map<Node, DocumentNode>();
  #values = 0;
  #unresolved = 0;

  constructor(parsed: ParsedDocument.Parsed, reading: Reading) {
    this.#parsed = parsed;
    this.#reading = reading;
  }

  /** Nothing is missing from what was read. */
  get isUsable(): boolean {
    return this.problems.length === this.#unresolved;
  }

  read(node: Node): DocumentNode | undefined {
    this.#values += 1;
    if (this.#values > maxValues) return this.#tooMany(node);
    if (isAlias(node)) return this.#aliased(node.source, node);
    const { tag } = node;
    if (tag !== undefined && tag !== 'tag:yaml.org,2002:str') {
      const place = this.#reading.placeOf(tagStart(this.#reading.text, node.range?.[0] ?? 0));
      this.problems.push(problemAt(place, `The tag ${shownTag(tag)} is not supported.`, 'Remove it.'));
      return undefined;
    }
    this.#open.add(node);
    const read = this.#valueOf(node);
    this.#open.delete(node);
    if (read) this.#read.set(node, read);
    return read;
  }

  #valueOf(node: Node): DocumentNode | undefined {
    if (isMap(node)) return this.#map(node);
    if (isScalar(node)) return this.#scalar(node);
    if (!isSeq(node)) return undefined;
    const items = node.items.map((item) => this.read(item as Node)).filter((item) => item !== undefined);
    return { kind: 'list', place: this.#place(node), items };
  }

  #map(node: YAMLMap): DocumentNode {
    const entries = new Map<string, MapEntry>();
    const places = new Map<string, Place>();
    for (const { key, value } of node.items) {
      const name = this.#key(key as Node);
      const read = value ? this.read(value as Node) : this.#nothing(key as Node);
      if (name === undefined) continue;
      const before = places.get(name);
      if (before) {
        this.#report(key as Node, `${keyText(name)} is already in line ${before.line}.`, 'Keep one.');
        continue;
      }
      const place = this.#place(key as Node);
      places.set(name, place);
      if (read) entries.set(name, { place, value: read });
    }
    return { kind: 'map', place: this.#place(node), entries };
  }

  /** The name is what is written: `no`, `012` and `1e3` are names like any other. */
  #key(key: Node): string | undefined {
    const scalar = isScalar(key) ? this.read(key) : undefined;
    if (scalar?.kind !== 'scalar') {
      const what = isAlias(key) ? 'An alias' : 'A list or map';
      if (!isScalar(key)) this.#report(key, `${what} cannot be a key.`, 'A key is a text.');
      return undefined;
    }
    if (scalar.unresolved) return undefined;
    const name = scalar.quoted || scalar.substituted ? String(scalar.value) : scalar.source;
    if (name === '') this.#report(key, 'A key is missing in front of the colon.');
    else if (name === '<<' && !scalar.quoted) {
      this.#report(key, 'Merge keys (<<) are not part of YAML 1.2.', 'Repeat the lines, or use an overlay file.');
    } else if (prototypeNames.includes(name)) {
      this.#report(key, `'${name}' cannot be a key.`, 'For an application of this name, write its client id.');
    } else return name;
    return undefined;
  }

  #scalar(node: Scalar): ScalarNode | undefined {
    const quoted = node.type !== 'PLAIN';
    const written = String(node.value ?? '');
    const place = this.#place(node);
    const isText = quoted || node.tag !== undefined;
    const plain = (text: string) => (isText ? text : plainValue(text));
    const { variables } = this.#reading;
    if (!variables) return { kind: 'scalar', place, value: plain(written), source: written, quoted: isText };
    const result = expanded(written, variables);
    if (!('text' in result)) {
      this.#unresolved += 1;
      this.problems.push(problemAt(this.#placeIn(node, result.reference), result.message, result.hint));
      return { kind: 'scalar', place, value: written, source: written, quoted: isText, unresolved: true };
    }
    const { text, replaced } = result;
    const value = plain(text);
    return { kind: 'scalar', place, value, source: written, quoted: isText, ...(replaced && { substituted: true }) };
  }

  #aliased(name: string, alias: Node): DocumentNode | undefined {
    const node = isAlias(alias) ? alias.resolve(this.#parsed) : undefined;
    if (!node || this.#open.has(node)) {
      const problem = node
        ? `The alias *${shortened(name)} contains itself.`
        : `No anchor &${shortened(name)} is above.`;
      this.#report(alias, problem, node ? undefined : 'A value that begins with * is an alias: put a text in quotes.');
      return undefined;
    }
    const known = this.#read.get(node);
    // Read again where it is a list or map, so that its values count.
    const read = known?.kind === 'scalar' ? known : this.read(node);
    return read && { ...read, place: this.#place(alias) };
  }

  #nothing(key: Node): ScalarNode {
    return { kind: 'scalar', place: this.#place(key), value: null, source: '', quoted: false };
  }

  #tooMany(node: Node): undefined {
    if (this.#values > maxValues + 1) return undefined;
    this.#report(node, `The file has more than ${maxValues.toLocaleString('en')} values.`, 'Do aliases multiply them?');
    return undefined;
  }

  #report(node: Node, message: string, hint?: string): void {
    this.problems.push(problemAt(this.#place(node), message, hint));
  }

  #place(node: Node): Place {
    return this.#reading.placeOf(node.range?.[0] ?? 0);
  }

  /** Where `part` is inside a scalar; at its start where escapes or line breaks hide it. */
  #placeIn(node: Scalar, part: string): Place {
    const [start = 0, end = 0] = node.range ?? [];
    const index = this.#reading.text.slice(start, end).indexOf(part);
    return this.#reading.placeOf(start + Math.max(index, 0));
  }
}

/** Tags are in front of the value. */
function tagStart(text: string, value: number): number {
  const last = text.lastIndexOf('!', value - 1);
  if (last < 0) return value;
  return text[last - 1] === '!' ? last - 1 : last;
}

function shownTag(tag: string): string {
  return shortened(tag.replace('tag:yaml.org,2002:', '!!'));
}

function keyText(name: string): string {
  return isSecret(name) ? 'This key' : `The key '${shortened(name)}'`;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/**
 * The value of a text without quotes, as YAML 1.2 reads it: `no` and `1_000` are texts, `012` is 12.
 * @see https://yaml.org/spec/1.2.2/, section 10.3.2
 */
function plainValue(source: string): ScalarValue {
  if (/^(?:null|Null|NULL|~|)$/.test(source)) return null;
  if (/^(?:true|True|TRUE)$/.test(source)) return true;
  if (/^(?:false|False|FALSE)$/.test(source)) return false;
  return numberIn(source) ?? source;
}

function numberIn(source: string): number | undefined {
  if (/^[-+]?\d+$/.test(source)) return Number(source);
  if (/^0o[0-7]+$/.test(source) || /^0x[\da-fA-F]+$/.test(source)) return Number(source);
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(source)) return Number(source);
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(source)) {
    return source.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return /^\.(?:nan|NaN|NAN)$/.test(source) ? Number.NaN : undefined;
}
