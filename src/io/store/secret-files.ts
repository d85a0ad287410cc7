import { join } from 'node:path';
import * as v from 'valibot';
import type { SecretStore } from '../../domain/profile/profile.ts';
import { isThere, removeFile } from '../files/files.ts';
import type { Folders } from '../files/folders.ts';
import type { JsonFile } from '../files/json-file.ts';

const content = v.strictObject({ secret: v.string() });

interface Ports {
  readonly folders: Folders;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** What is kept is only looked at. */
  readonly readOnly?: boolean | undefined;
}

/** Secrets in `credentials` of the data folder: one file an entry, for its owner alone, replaced whole. */
export function secretFiles({ folders, now, warn, readOnly }: Ports): SecretStore {
  const file = (key: string): JsonFile<v.InferOutput<typeof content>> => ({
    path: join(folders.data, 'credentials', `${fileName(key)}.json`),
    schema: content,
    now,
    warn,
    readOnly,
  });
  return {
    async get(key) {
      const entry = file(key);
      return isThere(entry.path) ? (await import('../files/json-file.ts')).readJsonFile(entry)?.secret : undefined;
    },
    async put(key, secret) {
      if (!readOnly) (await import('../files/json-file.ts')).writeJsonFile(file(key), { secret });
    },
    async remove(key) {
      if (!readOnly) removeFile(file(key).path);
    },
  };
}

/** What Windows takes for a device, whatever the ending. @see https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const device = /^(?=(con|prn|aux|nul|com\d|lpt\d)(\.|$))./;

/**
 * A name of its own for each key, without an ending: what may mean something in a path, or be the same in another case on some
 * file systems, is escaped.
 */
export function fileName(key: string): string {
  return key
    .replaceAll(/[^a-z0-9._/-]/gu, escaped)
    .replace(device, escaped)
    .replaceAll('/', '~');
}

/** The key whose file name that is; undefined where it is none of these. */
export function keyOfFileName(name: string): string | undefined {
  try {
    const key = decodeURIComponent(name.replaceAll('~', '/'));
    return fileName(key) === name ? key : undefined;
  } catch {
    return undefined;
  }
}

function escaped(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}
