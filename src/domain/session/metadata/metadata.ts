import { AnonError } from '../../../errors.ts';
import { duplicateMember, isDeeperThan } from '../../../jose/json.ts';
import { mergeMetadata, metadataBytes, metadataMaxBytes, refusedMetadataKey } from '../../../wire/metadata.ts';
import { isJsonObject, type JsonObject } from '../../../wire/schema.ts';
import { losesDigits } from '../../document/exact-number.ts';

/** A session's metadata as the user gives it. */
export interface MetadataInput {
  /** `key=value` for text, `key:=json` for any JSON; a dot in the key nests, `\.` is a dot. */
  readonly assignments: readonly string[];
  /** The text of a JSON file; assignments win over it. */
  readonly file?: string | undefined;
  /** The same JSON from the command line, instead of a file. */
  readonly json?: string | undefined;
  /** Top-level keys to remove. */
  readonly unset: readonly string[];
}

/**
 * The metadata to send, or undefined when none is given.
 * @throws {AnonError} `usage`: not an assignment, not JSON, a key that is not allowed, or over 1024 bytes
 */
export function readMetadata({ assignments, file, json, unset }: MetadataInput): JsonObject | undefined {
  const given = json ?? file;
  if (assignments.length === 0 && unset.length === 0 && given === undefined) return undefined;
  const metadata =
    given === undefined ? {} : readObject(given, json === undefined ? 'The metadata file' : '--metadata');
  for (const assignment of assignments) assign(metadata, assignment, '--meta');
  for (const key of unset) remove(metadata, key);
  checkSessionMetadata(metadata);
  return metadata;
}

/**
 * Metadata from assignments alone, without the limit of a session's. `flag` is the option's name in errors.
 * @throws {AnonError} `usage`
 */
export function readAssignments(assignments: readonly string[], flag: string): JsonObject {
  const metadata: JsonObject = {};
  for (const assignment of assignments) assign(metadata, assignment, flag);
  checkForm(metadata);
  return metadata;
}

/** Metadata as a session may have it. @throws {AnonError} `usage` */
export function checkSessionMetadata(metadata: JsonObject): void {
  checkForm(metadata);
  checkMetadataSize(metadata);
}

function checkForm(metadata: JsonObject): void {
  if (isDeeperThan(maxDepth, metadata)) throw tooDeep();
  const refused = refusedMetadataKey(metadata);
  if (refused !== undefined) throw new AnonError('usage', `Metadata can't have the key '${refused}'.`);
}

/** Deeper metadata exceeds the limit of bytes too, and recursing into it may exhaust the stack. */
const maxDepth = metadataMaxBytes / 2;

function tooDeep(): AnonError {
  return new AnonError('usage', 'The metadata is nested too deeply.');
}

/**
 * `what` is the subject of the error.
 * @throws {AnonError} `usage`, with the number of bytes over the limit
 */
export function checkMetadataSize(metadata: JsonObject, what = 'The metadata'): void {
  const bytes = metadataBytes(metadata);
  if (bytes <= metadataMaxBytes) return;
  throw new AnonError(
    'usage',
    `${what} is ${bytes} bytes as JSON, ${bytes - metadataMaxBytes} over the limit of ${metadataMaxBytes}.`,
    { hint: 'Store large data in your own database, and only its id here.' },
  );
}

function readObject(text: string, source: string): JsonObject {
  const hint =
    source === '--metadata' ? 'For one value at a time: --meta key=value; from a file: --meta-file <file>' : undefined;
  const invalid = () => new AnonError('usage', `${source} is not valid JSON.`, { hint });
  const value = readMetadataJson(text, source, invalid);
  if (isJsonObject(value)) return value;
  throw new AnonError('usage', `${source} must be a JSON object. Example: {"language":"en"}`, { hint });
}

function assign(metadata: JsonObject, assignment: string, flag: string): void {
  const equals = assignment.indexOf('=');
  const typed = equals > 0 && assignment[equals - 1] === ':';
  const path = assignment.slice(0, typed ? equals - 1 : equals);
  if (equals < 1 || path === '') {
    throw new AnonError('usage', `${flag} takes key=value, or key:=json for a typed value.`, {
      hint: `Example: ${flag} language=en ${flag} cart.items:=3`,
    });
  }
  const text = assignment.slice(equals + 1);
  const value = typed ? readMetadataJson(text, `The value of ${flag} ${path}:=`, () => notJson(path, flag)) : text;
  const keys = keysOf(path);
  if (keys.length > maxDepth) throw tooDeep();
  place(metadata, keys, path, value);
}

function notJson(path: string, flag: string): AnonError {
  return new AnonError('usage', `The value of ${flag} ${path}:= is not valid JSON.`, {
    hint: `For text, write ${path}=…; JSON text needs quotes: '${path}:="text"'`,
  });
}

function keysOf(path: string): string[] {
  return path.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));
}

function place(target: JsonObject, keys: readonly string[], path: string, value: unknown): void {
  const [key, ...rest] = keys;
  if (!key)
    throw new AnonError('usage', `'${path}' has an empty key.`, { hint: 'A dot nests. For a dot in a key, write \\.' });
  // Defined, not assigned: `__proto__=x` must become a key that the later check can refuse.
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

/** The service removes a top-level key whose value is null; it can't remove deeper ones. */
function remove(metadata: JsonObject, path: string): void {
  const [key = '', ...deeper] = keysOf(path);
  if (deeper.length > 0) {
    throw new AnonError('usage', `--unset takes a top-level key; '${path}' is nested.`, {
      hint: `Set '${key}' again without it. For a dot in a key, write \\.`,
    });
  }
  if (Object.hasOwn(metadata, key)) {
    throw new AnonError('usage', `'${key}' can't be both set and unset.`);
  }
  place(metadata, [key], path, null);
}

/**
 * Checks the size of a session's metadata after an update, where the current metadata is known.
 * @throws {AnonError} `usage`
 */
export function checkMergedSize(current: unknown, change: JsonObject | undefined): void {
  if (!change || !isJsonObject(current)) return;
  checkMetadataSize(mergeMetadata(current, change), "With this update, the session's metadata");
}

/** A thousand times the limit of metadata. */
const longest = 1 << 20;

/**
 * Parses JSON, and refuses what would silently arrive as another value. `source` is the text's name in errors; they
 * repeat nothing of it except the name of a key.
 * @throws {AnonError} `usage`; `notJson` makes the error for text that is not JSON
 */
function readMetadataJson(text: string, source: string, notJson: () => AnonError): unknown {
  if (text.length > longest) throw new AnonError('usage', `${source} is longer than 1 MiB.`);
  const value = parseJson(text, notJson);
  const twice = duplicateMember(text);
  if (twice !== undefined) throw new AnonError('usage', `${source} ${twice}.`);
  if (!largeNumbersIn(text).some(losesDigits)) return value;
  throw new AnonError('usage', `${source} has a number that is too large: it would arrive as another number.`, {
    hint: 'Write it as text to keep every digit.',
  });
}

function parseJson(text: string, notJson: () => AnonError): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may be private.
    throw notJson();
  }
}

/** The numbers in a JSON text, if any of them may be too large: most texts have none. */
function largeNumbersIn(text: string): string[] {
  if (!/\d{16}|\de/i.test(text)) return [];
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g) ?? [];
  return tokens.filter((token) => !token.startsWith('"'));
}
