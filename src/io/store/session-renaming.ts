import { join } from 'node:path';
import * as v from 'valibot';
import type { SecretKey, SecretStore } from '../../domain/profile/profile.ts';
import { namesIn, removeFile } from '../files/files.ts';
import type { JsonFile } from '../files/json-file.ts';
import { fileName, keyOfFileName } from './secret-files.ts';

interface Ports {
  readonly folder: string;
  readonly lockPath: (name: string) => string;
  readonly keyOf: (name: string) => SecretKey;
  readonly secrets: () => Promise<SecretStore>;
  /** The names of which this process has the lock. */
  readonly held: ReadonlySet<string>;
  readonly locked: <Result>(path: string, work: () => Promise<Result>) => Promise<Result>;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly readOnly?: boolean | undefined;
}

/** What else goes by a session's name is to go by another. */
type Follow = (from: string, to: string) => Promise<void>;

export interface Renaming {
  /** For whoever has the lock of both names. */
  rename(from: string, to: string, follow: Follow): Promise<void>;
  /** Brings to an end what a process that was killed has begun. */
  settle(follow: Follow): Promise<void>;
}

const noteEnding = '.renaming';
const noted = v.strictObject({ from: v.string() });

/**
 * A session gets another name in several steps, since a keyring knows no other way than to write it again and to remove what was
 * there. While they are under way a file says so: where the process is killed, the next one goes on where the new entry is whole,
 * and else leaves the old one as it is.
 */
export function renamings(ports: Ports): Renaming {
  const { folder, lockPath, keyOf, secrets, held, readOnly } = ports;
  const noteOf = (to: string): JsonFile<v.InferOutput<typeof noted>> => ({
    ...ports,
    path: join(folder, `${fileName(to)}${noteEnding}`),
    schema: noted,
  });
  const noteIn = async (to: string) => (await import('../files/json-file.ts')).readJsonFile(noteOf(to));

  const alone = <Result>(name: string, work: () => Promise<Result>): Promise<Result> =>
    held.has(name) ? work() : ports.locked(lockPath(name), work);

  const finish = async (from: string, to: string, follow: Follow): Promise<void> => {
    const store = await secrets();
    if ((await store.get(keyOf(to))) === undefined) removeFile(lockPath(to));
    else {
      await follow(from, to);
      await store.remove(keyOf(from));
      removeFile(lockPath(from));
    }
    removeFile(noteOf(to).path);
  };

  return {
    async rename(from, to, follow) {
      const store = await secrets();
      const entry = await store.get(keyOf(from));
      if (entry === undefined) return;
      (await import('../files/json-file.ts')).writeJsonFile(noteOf(to), { from });
      await store.put(keyOf(to), entry);
      await finish(from, to, follow);
    },
    async settle(follow) {
      if (readOnly) return;
      for (const file of namesIn(folder)) {
        const to = file.endsWith(noteEnding) ? keyOfFileName(file.slice(0, -noteEnding.length)) : undefined;
        const from = to === undefined ? undefined : (await noteIn(to))?.from;
        if (to === undefined || from === undefined) continue;
        // In one order whoever asks, as those who rename.
        const [first = from, second = to] = [from, to].sort();
        await alone(first, () =>
          alone(second, async () => {
            // Whoever was renaming may just have ended.
            if ((await noteIn(to))?.from === from) await finish(from, to, follow);
          }),
        );
      }
    },
  };
}
