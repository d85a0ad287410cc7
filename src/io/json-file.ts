import { existsSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import Conf, { type Options } from 'conf';
import { AnonError, isAnonError } from '../errors.ts';
import { codeOf, fileFailure, privateFolder, setAside } from './files.ts';

/** The version of our JSON files; a file of a later one is left alone. */
export const fileVersion = 1;

export interface JsonFileOptions {
  readonly path: string;
  /** A JSON Schema of the whole file, as conf takes it. A file that does not fit is not ours. */
  readonly schema: Options<Record<string, unknown>>['schema'];
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

/**
 * A JSON file of ours, mode 0600, written by replacing it whole, so that a process that is killed leaves
 * the old file or the new one. One that cannot be read or is not ours is set aside, with a warning.
 * @throws {AnonError} `state_unusable`
 */
export function openJsonFile(options: JsonFileOptions): Conf<Record<string, unknown>> {
  const { path, now, warn } = options;
  const folder = dirname(path);
  privateFolder(folder);
  try {
    return newerRefused(path, open(options));
  } catch (error) {
    if (isAnonError(error)) throw error;
    if (codeOf(error) !== '' || !existsSync(path)) throw fileFailure(path, 'cannot be read', error);
    const aside = setAside(path, now());
    warn(`${path} was not readable as a file of anon-cli. It is now ${aside}, and a new one is started.`);
    return open(options);
  }
}

function open({ path, schema }: JsonFileOptions): Conf<Record<string, unknown>> {
  return new Conf<Record<string, unknown>>({
    cwd: dirname(path),
    configName: basename(path, extname(path)),
    fileExtension: extname(path).slice(1),
    configFileMode: 0o600,
    accessPropertiesByDotNotation: false,
    rootSchema: { additionalProperties: false },
    schema: { ...schema, version: { type: 'integer' } },
  });
}

function newerRefused(path: string, file: Conf<Record<string, unknown>>): Conf<Record<string, unknown>> {
  const version = file.get('version');
  if (typeof version !== 'number' || version <= fileVersion) return file;
  throw new AnonError('state_unusable', `${path} was written by a newer anon-cli.`, {
    hint: 'Update anon-cli: npm install -g anon-cli@latest',
  });
}

/** Writes the whole file. @throws {AnonError} `state_unusable` */
export function writeJsonFile(file: Conf<Record<string, unknown>>, content: Record<string, unknown>): void {
  try {
    file.store = { version: fileVersion, ...content };
  } catch (error) {
    throw fileFailure(file.path, 'cannot be written', error);
  }
}
