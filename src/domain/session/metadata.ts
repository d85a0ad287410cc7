import { AnonError } from '../../errors.ts';
import { isDeeperThan } from '../../jose/json.ts';
import { mergeMetadata, metadataBytes, metadataMaxBytes, refusedMetadataKey } from '../../wire/metadata.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { readMetadataJson } from './metadata-json.ts';

/** What the user said of a session's metadata. */
export interface MetadataInput {
  /** `key=value` for text, `key:=json` for any JSON; a dot in the key nests, `\.` is a dot. */
  readonly assignments: readonly string[];
  /** The text of a JSON file; assignments win over it. */
  readonly file?: string | undefined;
  /** The same from the command line, instead. */
  readonly json?: string | undefined;
  /** Top-level keys to remove. */
  readonly unset: readonly string[];
}

/**
 * The metadata to send, or undefined when nothing was said of it.
 * @throws {AnonError} `usage`: not an assignment, not JSON, a key that is not allowed, or over 1024 bytes
 */
export function readMetadata({ assignments, file, json, unset }: MetadataInput): JsonObject | undefined {
  const given = json ?? file;
  if (assignments.length === 0 && unset.length === 0 && given === undefined) return undefined;
  const metadata =
    given === undefined ? {} : readObject(given, json === undefined ? 'The metadata file' : '--metadata');
  for (const assignment of assignments) assign(metadata, assignment);
  for (const key of unset) remove(metadata, key);
  if (isDeeperThan(maxDepth, metadata)) throw tooDeep();
  const refused = refusedMetadataKey(metadata);
  if (refused !== undefined) throw new AnonError('usage', `Metadata may not have a key '${refused}'.`);
  checkMetadataSize(metadata);
  return metadata;
}

/** Deeper metadata is over the limit of bytes too, and whoever recurses into it may run out of stack. */
const maxDepth = metadataMaxBytes / 2;

function tooDeep(): AnonError {
  return new AnonError('usage', 'The metadata is nested too deeply.');
}

/**
 * `what` is what an error calls it.
 * @throws {AnonError} `usage`, saying by how much the limit is passed
 */
export function checkMetadataSize(metadata: JsonObject, what = 'The metadata'): void {
  const bytes = metadataBytes(metadata);
  if (bytes <= metadataMaxBytes) return;
  throw new AnonError(
    'usage',
    `${what} is ${bytes} bytes as JSON, ${bytes - metadataMaxBytes} over the limit of ${metadataMaxBytes}.`,
    { hint: 'Keep large data in your own store, and put its key here.' },
  );
}

function readObject(text: string, source: string): JsonObject {
  const hint =
    source === '--metadata' ? 'For one value at a time: --meta key=value; from a file: --meta-file <file>' : undefined;
  const invalid = () => new AnonError('usage', `${source} is not valid JSON.`, { hint });
  const value = readMetadataJson(text, source, invalid);
  if (isJsonObject(value)) return value;
  throw new AnonError('usage', `${source} must hold a JSON object, such as {"language":"en"}.`, { hint });
}

function assign(metadata: JsonObject, assignment: string): void {
  const equals = assignment.indexOf('=');
  const typed = equals > 0 && assignment[equals - 1] === ':';
  const path = assignment.slice(0, typed ? equals - 1 : equals);
  if (equals < 1 || path === '') {
    throw new AnonError('usage', '--meta takes key=value, or key:=json for a typed value.', {
      hint: 'Such as --meta language=en --meta cart.items:=3',
    });
  }
  const text = assignment.slice(equals + 1);
  const value = typed ? readMetadataJson(text, `The value of --meta ${path}:=`, () => notJson(path)) : text;
  const keys = keysOf(path);
  if (keys.length > maxDepth) throw tooDeep();
  place(metadata, keys, path, value);
}

function notJson(path: string): AnonError {
  return new AnonError('usage', `The value of --meta ${path}:= is not JSON.`, {
    hint: `For text write ${path}=…; JSON text needs quotes: '${path}:="text"'.`,
  });
}

function keysOf(path: string): string[] {
  return path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));
}

function place(target: JsonObject, keys: readonly string[], path: string, value: unknown): void {
  const [key, ...rest] = keys;
  if (!key)
    throw new AnonError('usage', `'${path}' has an empty key.`, { hint: 'A dot nests; write \\. for a dot in a key.' });
  // Defined, not assigned: `__proto__=x` must become a key that the check after this one can refuse.
  const set = (next: unknown) =>
    Object.defineProperty(target, key, { value: next, enumerable: true, configurable: true, writable: true });
  if (rest.length === 0) {
    set(value);
    return;
  }
  const inner = Object.hasOwn(target, key) ? target[key] : {};
  if (!isJsonObject(inner)) {
    throw new AnonError('usage', `'${path}' would nest under '${key}', which already has a value.`);
  }
  set(inner);
  place(inner, rest, path, value);
}

/** The service removes a top-level key whose value is null; deeper ones it cannot remove. */
function remove(metadata: JsonObject, path: string): void {
  const [key = '', ...deeper] = keysOf(path);
  if (deeper.length > 0) {
    throw new AnonError('usage', `--unset takes a top-level key, and '${path}' is not one.`, {
      hint: `Set '${key}' anew without it, or write \\. for a dot in a key.`,
    });
  }
  if (Object.hasOwn(metadata, key)) {
    throw new AnonError('usage', `'${key}' is both set and unset.`);
  }
  place(metadata, [key], path, null);
}

/**
 * Checks what a session will hold after an update, where what it holds now is known.
 * @throws {AnonError} `usage`
 */
export function checkMergedSize(current: unknown, change: JsonObject | undefined): void {
  if (!change || !isJsonObject(current)) return;
  checkMetadataSize(mergeMetadata(current, change), 'With what the session has already the metadata');
}
