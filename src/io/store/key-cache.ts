import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import type { KeyCache } from '../../domain/token/served-keys.ts';
import { isAnonError } from '../../errors.ts';
import { exists } from '../files/files.ts';
import type { Folders } from '../files/folders.ts';
import type { JsonFile } from '../files/json-file.ts';

const content = v.strictObject({
  url: v.string(),
  fetchedAtMs: v.number(),
  freshForSeconds: v.number(),
  missedOne: v.optional(v.boolean()),
  keys: v.array(v.record(v.string(), v.unknown())),
});

interface Ports {
  readonly folders: Folders;
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

/** Key sets in `keys` of the data folder, one file per URL. One that can't be read or saved is fetched again. */
export function keyCache({ folders, now, warn }: Ports): KeyCache {
  const file = (url: string): JsonFile<v.InferOutput<typeof content>> => ({
    path: join(folders.data, 'keys', `${createHash('sha256').update(url).digest('hex')}.json`),
    schema: content,
    now,
    warn,
    readOnly: true,
  });
  return {
    async get(url) {
      try {
        const entry = file(url);
        if (!exists(entry.path)) return undefined;
        const saved = (await import('../files/json-file.ts')).readJsonFile(entry);
        return saved?.url === url ? saved : undefined;
      } catch (error) {
        if (isAnonError(error)) return undefined;
        throw error;
      }
    },
    async put(fetched) {
      try {
        const { writeJsonFile } = await import('../files/json-file.ts');
        writeJsonFile(file(fetched.url), { ...fetched, keys: [...fetched.keys] });
      } catch (error) {
        if (!isAnonError(error)) throw error;
        warn(`The keys could not be saved; the next command fetches them again. ${error.message}`);
      }
    },
  };
}
