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
  /** The names that this process holds the lock of. */
  readonly held: ReadonlySet<string>;
  readonly locked: <Result>(path: string, work: () => Promise<Result>) => Promise<Result>;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly readOnly?: boolean | undefined;
}

/** Updates whatever else refers to a session by its name. */
type FollowRename = (from: string, to: string) => Promise<void>;

export interface Renaming {
  /** The caller must hold the locks of both names. */
  rename(from: string, to: string, follow: FollowRename): Promise<void>;
  /** Completes or undoes renames of killed processes. */
  settle(follow: FollowRename): Promise<void>;
}

const noteEnding = '.renaming';
const noteContent = v.strictObject({ from: v.string() });

/**
 * Renames a session in several steps, because a keyring can only write a new entry and remove the old one. Meanwhile a file
 * notes the rename: if the process is killed, the next one completes it where the new entry was written, and otherwise keeps
 * the old name.
 */
export function renamings(ports: Ports): Renaming {
  const { folder, lockPath, keyOf, secrets, held, readOnly } = ports;
  const noteOf = (to: string): JsonFile<v.InferOutput<typeof noteContent>> => ({
    ...ports,
    path: join(folder, `${fileName(to)}${noteEnding}`),
    schema: noteContent,
  });
  const noteIn = async (to: string) => (await import('../files/json-file.ts')).readJsonFile(noteOf(to));

  const alone = <Result>(name: string, work: () => Promise<Result>): Promise<Result> =>
    held.has(name) ? work() : ports.locked(lockPath(name), work);

  const finish = async (from: string, to: string, follow: FollowRename): Promise<void> => {
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
        // Always in the same order, as in `rename`, so that two processes can't deadlock.
        const [first = from, second = to] = [from, to].sort();
        await alone(first, () =>
          alone(second, async () => {
            // The renaming process may just have finished.
            if ((await noteIn(to))?.from === from) await finish(from, to, follow);
          }),
        );
      }
    },
  };
}
