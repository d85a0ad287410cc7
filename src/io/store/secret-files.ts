import { join } from 'node:path';
import * as v from 'valibot';
import type { SecretStore } from '../../domain/profile/profile.ts';
import { exists, removeFile } from '../files/files.ts';
import type { Folders } from '../files/folders.ts';
import type { JsonFile } from '../files/json-file.ts';

const content = v.strictObject({ secret: v.string() });

interface Ports {
  readonly folders: Folders;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Nothing is written or removed. */
  readonly readOnly?: boolean | undefined;
}

/** Secrets in `credentials` of the data folder: one file per entry, mode 0600. */
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
      return exists(entry.path) ? (await import('../files/json-file.ts')).readJsonFile(entry)?.secret : undefined;
    },
    async put(key, secret) {
      if (!readOnly) (await import('../files/json-file.ts')).writeJsonFile(file(key), { secret });
    },
    async remove(key) {
      if (!readOnly) removeFile(file(key).path);
    },
  };
}

/** Names that Windows reserves for devices, with any extension. @see https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const device = /^(?=(con|prn|aux|nul|com\d|lpt\d)(\.|$))./;

/**
 * A unique file name for each key, without an extension. Escapes characters with a meaning in paths, and capitals, which
 * some file systems don't distinguish.
 */
export function fileName(key: string): string {
  return key
    .replaceAll(/[^a-z0-9._/-]/gu, escaped)
    .replace(device, escaped)
    .replaceAll('/', '~');
}

/** The key of a file name; undefined for any other name. */
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
