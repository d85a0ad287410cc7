import { basename, dirname, extname } from 'node:path';
import Conf from 'conf';
import * as v from 'valibot';
import { AnonError, isAnonError, updateHint } from '../../errors.ts';
import { exists, fileFailure, privateFolder, readIfExists, setAside } from './files.ts';
import { withoutMark } from './input.ts';
import { keepPrivate } from './private-mode.ts';

export interface JsonFile<Content> {
  readonly path: string;
  /** The version that is written, 1 by default; a file of a later version is left alone. */
  readonly version?: number;
  /** What the file holds beside its version, this one or an earlier one. A file that doesn't match isn't ours. */
  readonly schema: v.GenericSchema<unknown, Content>;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Nothing may be changed: an unreadable file stays where it is and counts as missing. */
  readonly readOnly?: boolean | undefined;
}

/**
 * The content of a JSON file of ours; undefined where there is no file. An unreadable file is set aside with a warning, so
 * that nothing in it is lost. A file that other users could read is closed to them, with a warning.
 * @throws {AnonError} `state_unusable`
 */
export function readJsonFile<Content>(file: JsonFile<Content>): Content | undefined {
  const { path, version: latest = 1, schema, now, warn, readOnly } = file;
  const read = readStored(path);
  if (read === undefined) return undefined;
  const { version, ...content } = read.stored;
  if (typeof version === 'number' && version > latest) {
    throw new AnonError('state_unusable', `${path} was written by a newer anon-cli.`, {
      hint: updateHint,
    });
  }
  const checked = v.safeParse(schema, content);
  if (typeof version === 'number' && version >= 1 && checked.success) {
    if (!readOnly) for (const ours of [dirname(path), path]) keepPrivate(ours, warn);
    return checked.output;
  }
  // Another process may have repaired the file since: then its content counts, and it stays where it is.
  if (readStored(path)?.text !== read.text) return readJsonFile(file);
  if (readOnly) return undefined;
  const aside = setAside(path, now());
  warn(`${path} was not a valid anon-cli file. It was moved to ${aside}, and a new one takes its place.`);
  return undefined;
}

/**
 * Replaces the whole file, mode 0600.
 * @throws {AnonError} `state_unusable`
 */
export function writeJsonFile<Content extends object>(
  { path, version = 1 }: JsonFile<Content>,
  content: Content,
): void {
  privateFolder(dirname(path));
  try {
    conf(path, objectIn).store = { version, ...content };
  } catch (error) {
    throw isAnonError(error) ? error : fileFailure(path, 'cannot be written', error);
  }
}

type Stored = Record<string, unknown>;

/** Conf would create the folder of a file that doesn't exist. */
function readStored(path: string): { readonly stored: Stored; readonly text: string } | undefined {
  if (!exists(path)) return undefined;
  let text = '';
  try {
    const { store: stored } = conf(path, (read) => {
      text = read;
      // Conf reads bytes that aren't UTF-8 as U+FFFD, which may also be in a file.
      return read.includes('\ufffd') && !isUtf8(path) ? {} : objectIn(read);
    });
    return { stored, text };
  } catch (error) {
    throw isAnonError(error) ? error : fileFailure(path, 'cannot be read', error);
  }
}

/**
 * The version is ours, not conf's `projectVersion`: conf's migrations can't wait for a keyring, and would write a member
 * `__internal__` that earlier versions of anon-cli take for damage.
 */
function conf(path: string, deserialize: (text: string) => Stored): Conf<Stored> {
  const extension = extname(path);
  return new Conf<Stored>({
    cwd: dirname(path),
    configName: basename(path, extension),
    fileExtension: extension.slice(1),
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    deserialize,
    serialize: (value) => `${JSON.stringify(value, null, 2)}\n`,
  });
}

/** Empty for anything but a JSON object. */
function objectIn(text: string): Stored {
  try {
    const value: unknown = JSON.parse(withoutMark(text));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isUtf8(path: string): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(readIfExists(path));
    return true;
  } catch {
    return false;
  }
}
