import { dirname } from 'node:path';
import * as v from 'valibot';
import { AnonError, isAnonError } from '../../errors.ts';
import { fileFailure, privateFolder, readIfThere, setAside } from './files.ts';
import { keepPrivate } from './private-mode.ts';
import { replaceFile } from './replaced-file.ts';

export interface JsonFile<Content> {
  readonly path: string;
  /** What it is written as, 1 when nothing is said; a file of a later version is left alone. */
  readonly version?: number;
  /** What the file holds beside its version, this one or earlier. A file that does not fit is not ours. */
  readonly schema: v.GenericSchema<unknown, Content>;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Nothing may be changed: what cannot be read stays where it is, and counts as not there. */
  readonly readOnly?: boolean | undefined;
}

/**
 * The content of a JSON file of ours, or undefined where there is none. One that cannot be read as such is
 * set aside, with a warning, so that nothing in it is lost. One that others may read is so no longer, with a warning.
 * @throws {AnonError} `state_unusable`
 */
export function readJsonFile<Content>(file: JsonFile<Content>): Content | undefined {
  const { path, version: latest = 1, schema, now, warn, readOnly } = file;
  const bytes = readIfThere(path);
  if (bytes === undefined) return undefined;
  const { version, ...content } = parse(bytes);
  if (typeof version === 'number' && version > latest) {
    throw new AnonError('state_unusable', `${path} was written by a newer anon-cli.`, {
      hint: 'Update anon-cli: npm install -g anon-cli@latest',
    });
  }
  const checked = v.safeParse(schema, content);
  if (typeof version === 'number' && version >= 1 && checked.success) {
    if (!readOnly) for (const ours of [dirname(path), path]) keepPrivate(ours, warn);
    return checked.output;
  }
  // Another process may have put it right since: then that is what counts, and stays where it is.
  if (readIfThere(path)?.equals(bytes) === false) return readJsonFile(file);
  if (readOnly) return undefined;
  const aside = setAside(path, now());
  warn(`${path} was not readable as a file of anon-cli. It is now ${aside}, and a new one is started.`);
  return undefined;
}

/**
 * Writes the whole file, mode 0600, by replacing it: a process that is killed leaves the old one or the new one.
 * @throws {AnonError} `state_unusable`
 */
export function writeJsonFile<Content extends object>(
  { path, version = 1 }: JsonFile<Content>,
  content: Content,
): void {
  privateFolder(dirname(path));
  try {
    replaceFile(path, `${JSON.stringify({ version, ...content }, null, 2)}\n`);
  } catch (error) {
    throw isAnonError(error) ? error : fileFailure(path, 'cannot be written', error);
  }
}

/** Nothing where it is no JSON object in UTF-8. */
function parse(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
