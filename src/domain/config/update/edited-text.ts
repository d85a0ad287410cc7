import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import type { DocumentPath } from '../../document/node.ts';
import { expanded, type Variables } from '../../document/variables.ts';
import { changedItems, type ItemRange } from './changed-items.ts';
import { endOf, isFlow, rangeOf, type Splice, spliced } from './splices.ts';
import { type NewMap, type NewValue, type Style, textInStyle } from './styles.ts';

/** Gives a key its value, and adds it where it is missing; without a value, removes it. */
export interface ValueEdit {
  readonly path: DocumentPath;
  readonly value: NewValue | undefined;
}

export interface EditedText {
  readonly text: string;
  /** The edits that cannot be made, and why: `it is an alias`. */
  readonly refused: ReadonlyMap<ValueEdit, string>;
}

/**
 * Changes values in a YAML or JSON text that has no problems. Everything else stays, to the byte: comments, order, quotes, and
 * the items of a list that stay. What comes from an environment variable, or is shared by aliases, cannot be changed.
 */
export function editedText(text: string, edits: readonly ValueEdit[], variables: Variables): EditedText {
  const editor = new TextEditor(text, variables);
  const refused = new Map<ValueEdit, string>();
  for (const edit of edits) {
    const reason = editor.refusalOf(edit);
    if (reason !== undefined) refused.set(edit, reason);
  }
  return { text: spliced(text, editor.splices), refused };
}

/** Why an edit cannot be made. */
class Refusal extends Error {}

type ParsedMap = YAMLMap<Node, Node | null>;
type ParsedPair = Pair<Node, Node | null>;

class TextEditor {
  readonly #text: string;
  readonly #variables: Variables;
  readonly #root: Node | null;
  readonly #isJson: boolean;
  splices: readonly Splice[] = [];

  constructor(text: string, variables: Variables) {
    this.#text = text;
    this.#variables = variables;
    this.#isJson = /^\ufeff?\s*\{\s*["}]/.test(text);
    // JSON may be indented with tabs. Spaces in their place change no position.
    const readable = this.#isJson ? text.replaceAll('\t', ' ') : text;
    this.#root = parseDocument(readable, { schema: 'failsafe', logLevel: 'silent' }).contents;
  }

  /** Makes an edit; the reason where it cannot be made. */
  refusalOf({ path, value }: ValueEdit): string | undefined {
    const before = this.splices;
    try {
      this.#edit(path, value);
      return undefined;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.splices = before;
      return error.message;
    }
  }

  #edit(path: DocumentPath, value: NewValue | undefined): void {
    let owner: ParsedPair | undefined;
    let map = this.#mapIn(this.#root);
    for (const name of path.slice(0, -1)) {
      owner = this.#pairNamed(map, String(name));
      map = this.#mapIn(owner?.value);
    }
    const key = String(path.at(-1));
    const pair = this.#pairNamed(map, key);
    if (value === undefined) {
      if (pair) this.#changeMap(map, owner, { removed: [pair] });
    } else if (pair) this.#set(pair, value);
    else this.#changeMap(map, owner, { added: { [key]: value } });
  }

  #set(pair: ParsedPair, value: NewValue): void {
    if (Array.isArray(value)) this.#setList(pair, value as readonly string[]);
    else if (typeof value === 'object') this.#setMap(pair, value as NewMap);
    else this.#setScalar(pair.value, value as string | number | boolean);
  }

  #setScalar(node: Node | null, value: string | number | boolean): void {
    const scalar = this.#replaceable(node);
    const [start, end] = rangeOf(scalar);
    this.#splice([{ start, end, text: textInStyle(value, this.#styleOf(scalar)) }]);
  }

  #setList(pair: ParsedPair, wanted: readonly string[]): void {
    const list = this.#own(pair.value);
    if (!isSeq(list)) throw new Refusal('it is not a list');
    const items = (list.items as Node[]).map((node) => ({ node, value: this.#textOf(this.#scalarIn(node)) }));
    const known = items.map(({ value }) => value);
    const ranges = items.map(({ node, value }): ItemRange => {
      const isRemoved = !wanted.includes(value);
      if (isRemoved) this.#replaceable(node);
      const [start, end] = rangeOf(node);
      return { start, end, isRemoved };
    });
    const style = this.#styleOf(items[0]?.node);
    const added = wanted.filter((value) => !known.includes(value)).map((value) => textInStyle(value, style));
    this.#changeItems(list, pair, ranges, added);
  }

  #setMap(pair: ParsedPair, wanted: NewMap): void {
    const map = this.#mapIn(pair.value);
    const named = map.items.map((one) => ({ one, name: this.#textOf(this.#scalarIn(one.key)) }));
    for (const { one, name } of named) {
      const value = wanted[name];
      if (value !== undefined && !(isScalar(one.value) && this.#textOf(one.value) === value)) this.#set(one, value);
    }
    const known = named.map(({ name }) => name);
    this.#changeMap(map, pair, {
      removed: named.filter(({ name }) => !(name in wanted)).map(({ one }) => one),
      added: Object.fromEntries(Object.entries(wanted).filter(([name]) => !known.includes(name))),
    });
  }

  #changeMap(
    map: ParsedMap,
    owner: ParsedPair | undefined,
    { removed = [], added = {} }: { removed?: readonly ParsedPair[]; added?: NewMap },
  ): void {
    for (const { key, value } of removed) {
      this.#own(key);
      const own = this.#own(value);
      if (isSeq(own)) for (const item of own.items) this.#own(item as Node);
    }
    const ranges = map.items.map((pair): ItemRange => {
      const [start] = rangeOf(pair.key);
      return { start, end: endOf(pair.value ?? pair.key), isRemoved: removed.includes(pair) };
    });
    const style = isFlow(map) ? this.#styleOf(undefined) : 'block';
    const texts = Object.entries(added).map(([key, value]) => textInStyle({ [key]: value }, style));
    this.#changeItems(map, owner, ranges, texts);
  }

  #changeItems(
    node: Node,
    owner: ParsedPair | undefined,
    ranges: readonly ItemRange[],
    added: readonly string[],
  ): void {
    const changed = changedItems(this.#text, { node, keyEnd: owner && rangeOf(owner.key)[1], ranges, added });
    if (typeof changed === 'string') throw new Refusal(changed);
    this.#splice(changed);
  }

  #styleOf(node: Node | undefined): Style {
    if (this.#isJson) return 'json';
    const type = isScalar(node) ? node.type : undefined;
    return type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE' ? type : 'plain';
  }

  #mapIn(node: Node | null | undefined): ParsedMap {
    if (!node) throw new Refusal('it is not in this file');
    const own = this.#own(node);
    if (!isMap(own)) throw new Refusal('it is not a map');
    return own as ParsedMap;
  }

  #pairNamed(map: ParsedMap, name: string): ParsedPair | undefined {
    return map.items.find(({ key }) => isScalar(key) && this.#textOf(key) === name);
  }

  /** A value to which no other place in the file refers. */
  #own(node: Node | null): Node {
    if (!node) throw new Refusal('it has no value');
    if (isAlias(node)) throw new Refusal('it is an alias');
    if (node.anchor !== undefined) throw new Refusal('it has an anchor, which aliases may use');
    if (node.tag !== undefined) throw new Refusal('it has a tag');
    return node;
  }

  #scalarIn(node: Node): Scalar {
    const own = this.#own(node);
    if (!isScalar(own)) throw new Refusal('it is not a single value');
    return own;
  }

  /** A scalar whose text says all that it is. */
  #replaceable(node: Node | null): Scalar {
    const scalar = this.#scalarIn(node as Node);
    const written = String(scalar.value);
    if (this.#textOf(scalar) !== withoutEscapes(written)) throw new Refusal('it comes from an environment variable');
    if (scalar.type === 'BLOCK_FOLDED' || scalar.type === 'BLOCK_LITERAL') throw new Refusal('it is a block of text');
    return scalar;
  }

  /** As it is read: with the values of environment variables. */
  #textOf({ value }: Scalar): string {
    const result = expanded(String(value), this.#variables);
    return 'text' in result ? result.text : String(value);
  }

  #splice(splices: readonly Splice[]): void {
    this.splices = [...this.splices, ...splices];
  }
}

function withoutEscapes(text: string): string {
  return text.replaceAll('$$\u007b', '$\u007b');
}
