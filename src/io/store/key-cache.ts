import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import type { KeyCache } from '../../domain/token/served-keys.ts';
import { isAnonError } from '../../errors.ts';
import type { Folders } from '../files/folders.ts';
import { type JsonFile, readJsonFile, writeJsonFile } from '../files/json-file.ts';

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

/** Key sets in `keys` of the data folder, one file an address. What cannot be read or kept is fetched again. */
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
        const kept = readJsonFile(file(url));
        return kept?.url === url ? kept : undefined;
      } catch (error) {
        if (isAnonError(error)) return undefined;
        throw error;
      }
    },
    async put(kept) {
      try {
        writeJsonFile(file(kept.url), { ...kept, keys: [...kept.keys] });
      } catch (error) {
        if (!isAnonError(error)) throw error;
        warn(`The keys could not be kept; the next command fetches them again. ${error.message}`);
      }
    },
  };
}
