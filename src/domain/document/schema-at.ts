import type * as v from 'valibot';
import type { DocumentPath } from './node.ts';

/** What the checks of a document read in a schema. */
interface SchemaShape {
  readonly type: string;
  readonly wrapped?: SchemaShape;
  readonly entries?: Readonly<Record<string, SchemaShape>>;
  readonly rest?: SchemaShape;
  readonly value?: SchemaShape;
  readonly item?: SchemaShape;
  readonly options?: readonly unknown[];
  readonly pipe?: readonly PipeItem[];
}

interface PipeItem {
  readonly type: string;
  readonly metadata?: unknown;
  /** A pipe in a pipe. */
  readonly pipe?: readonly PipeItem[];
}

/** What `metadata` of valibot may say to the checks of a document. */
export interface DocumentMetadata {
  /** What errors call the expected value: `a duration such as 30d`. */
  readonly expected?: string;
  /** What to write in place of a value of the wrong type. */
  readonly instead?: string;
  /** A regular expression for the JSON Schema, where `parse` checks the text. */
  readonly pattern?: string;
  /** Further members of the JSON Schema. */
  readonly json?: Readonly<Record<string, unknown>>;
  /** Errors never show the value. */
  readonly secret?: true;
}

/** The schema of the value at `path`; undefined where it has none. */
export function schemaAt(schema: v.GenericSchema, path: DocumentPath): v.GenericSchema | undefined {
  const found = path.reduce<SchemaShape | undefined>(
    (shape, key) => shape && member(shape, String(key)),
    schema as unknown as SchemaShape,
  );
  return found && (unwrapped(found) as unknown as v.GenericSchema);
}

/** The keys that a schema gives to its objects. */
export function keysOf(schema: v.GenericSchema | undefined): string[] {
  return schema ? keysIn(schema as unknown as SchemaShape) : [];
}

/** The texts that a schema allows, where it allows only some. */
export function choicesOf(schema: v.GenericSchema | undefined): string[] {
  const { type, options = [] } = (schema ?? {}) as unknown as Partial<SchemaShape>;
  return type === 'picklist' ? options.map(String) : [];
}

/** Everything that the pipe of a schema says in metadata. */
export function metadataOf(schema: v.GenericSchema | undefined): DocumentMetadata {
  return Object.assign({}, ...metadataIn(schema as unknown as PipeItem | undefined));
}

function metadataIn(item: PipeItem | undefined): unknown[] {
  // The first item of a pipe may be the schema itself.
  const inside = (item?.pipe ?? []).flatMap((one) => (one === item ? [] : metadataIn(one)));
  return item?.type === 'metadata' ? [item.metadata] : inside;
}

function unwrapped(shape: SchemaShape): SchemaShape {
  return shape.wrapped ? unwrapped(shape.wrapped) : shape;
}

function member(given: SchemaShape, key: string): SchemaShape | undefined {
  const shape = unwrapped(given);
  const { entries, value, item } = shape;
  if (entries && Object.hasOwn(entries, key)) return entries[key];
  if (shape.type === 'record') return value;
  if (item) return item;
  return alternatives(shape)
    .map((one) => member(one, key))
    .find((found) => found !== undefined);
}

function keysIn(given: SchemaShape): string[] {
  const shape = unwrapped(given);
  return [...Object.keys(shape.entries ?? {}), ...new Set(alternatives(shape).flatMap(keysIn))];
}

function alternatives({ type, options = [] }: SchemaShape): SchemaShape[] {
  return ['union', 'variant', 'intersect'].includes(type) ? (options as SchemaShape[]) : [];
}
