import { closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { SecretStore } from '../../domain/profile/profile.ts';
import type { SessionStore } from '../../domain/session/saved-session.ts';
import { exactJson, readExactJson } from '../../wire/exact-json.ts';
import { fileFailure, isThere, namesIn, privateFolder, removeFile, removeFolder } from '../files/files.ts';
import type { Folders } from '../files/folders.ts';
import type { JsonFile } from '../files/json-file.ts';
import { keepPrivate } from '../files/private-mode.ts';
import { boundSecrets } from './bound-secrets.ts';
import { fileName, keyOfFileName, secretFiles } from './secret-files.ts';
import { earlierSession, rememberedSession, removeEarlierSession } from './session-format.ts';
import { type Renaming, renamings } from './session-renaming.ts';

export interface SessionPorts {
  readonly profile: string;
  /** Where the profile's requests go: a session of another tenant is not given out. */
  readonly origin?: string | undefined;
  /** What a session is called that nobody named. */
  readonly unnamed: string;
  readonly folders: Folders;
  /** Where the profile's secrets are, unless in files. */
  readonly secrets: () => Promise<SecretStore | undefined>;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly readOnly?: boolean | undefined;
  /** Runs `work` while no other process runs its own under the same path. */
  readonly locked: <Result>(path: string, work: () => Promise<Result>) => Promise<Result>;
}

const lockEnding = '.lock';

/**
 * Each session is one entry among the profile's secrets, tokens and all: it is there whole or not at all, and
 * jobs that keep sessions of their own write nothing in common. The file that a session is locked by says that
 * there is one of its name: a keyring cannot be asked what it holds. Beside these one file names the current one.
 */
export function sessionStore(ports: SessionPorts): SessionStore {
  const { profile, origin, unnamed, folders, readOnly, warn } = ports;
  const allSecrets = async () => (await ports.secrets()) ?? secretFiles(ports);
  const secrets = async () => {
    const store = await allSecrets();
    return origin === undefined ? store : boundSecrets(store, { profile, origin });
  };
  // Of a version that bound none to its tenant.
  const earlier = { ...ports, secrets: allSecrets };
  const folder = join(folders.data, 'session-names', fileName(profile));
  const lockPath = (name: string) => join(folder, `${fileName(name)}${lockEnding}`);
  const keyOf = (name: string) => `session/${profile}/${name}` as const;
  const pointer: JsonFile<v.InferOutput<typeof pointed>> = { ...ports, path: join(folder, 'current'), schema: pointed };

  const held = new Set<string>();
  const renaming: Renaming = renamings({ ...ports, folder, lockPath, keyOf, secrets: allSecrets, held });

  /** What was kept when a profile had one session is one of several from now on. */
  const moveEarlier = async (): Promise<void> => {
    if (readOnly || isThere(folder) || !(await earlierSession(earlier))) return;
    privateFolder(folders.data);
    await ports.locked(join(folders.data, 'sessions.lock'), async () => {
      const found = isThere(folder) ? undefined : await earlierSession(earlier);
      // The folder last: while it is not there, nobody takes what was moved for all there is.
      if (found) {
        await (await allSecrets()).put(keyOf(unnamed), exactJson(found));
        makeLock(folder, lockPath(unnamed));
      }
      await removeEarlierSession(earlier);
    });
  };

  const current = async (): Promise<string> => {
    if (!isThere(pointer.path)) return unnamed;
    return (await import('../files/json-file.ts')).readJsonFile(pointer)?.current ?? unnamed;
  };

  /** Sessions are where an earlier version, or a process that was killed, did not leave them. */
  const settle = async (): Promise<void> => {
    await moveEarlier();
    await renaming.settle(goesBy);
  };

  const use = async (name: string): Promise<void> => {
    if ((await current()) === name) return;
    (await import('../files/json-file.ts')).writeJsonFile(pointer, { current: name });
  };

  const goesBy = async (from: string, to: string): Promise<void> => {
    if ((await current()) === from) await use(to);
  };

  return {
    async names() {
      await settle();
      if (!readOnly) for (const ours of [dirname(folder), folder]) keepPrivate(ours, warn);
      return sessionNames(folder);
    },
    async current() {
      await settle();
      return current();
    },
    use,
    async get(name) {
      await settle();
      const text = await (await secrets()).get(keyOf(name));
      if (text === undefined) return undefined;
      const checked = v.safeParse(rememberedSession, parsed(text));
      if (checked.success) return checked.output;
      warn(
        `The session '${name}' of profile ${profile} is not readable as one of anon-cli: it counts as none until it is forgotten or made anew.`,
      );
      return undefined;
    },
    async put(name, session) {
      await moveEarlier();
      makeLock(folder, lockPath(name));
      await (await secrets()).put(keyOf(name), exactJson(session));
    },
    async rename(from, to) {
      makeLock(folder, lockPath(to));
      await renaming.rename(from, to, goesBy);
    },
    async forget(name) {
      await moveEarlier();
      await (await secrets()).remove(keyOf(name));
      if ((await current()) === name) removeFile(pointer.path);
      removeFile(lockPath(name));
    },
    async forgetAll() {
      const store = await secrets();
      await removeEarlierSession(earlier);
      for (const name of sessionNames(folder)) await store.remove(keyOf(name));
      removeFolder(folder);
    },
    async exclusively(name, work) {
      await settle();
      privateFolder(folder);
      return ports.locked(lockPath(name), async () => {
        held.add(name);
        return work().finally(() => held.delete(name));
      });
    },
  };
}

/** Metadata keeps every digit. */
function parsed(text: string): unknown {
  try {
    return readExactJson(text);
  } catch {
    return undefined;
  }
}

const pointed = v.strictObject({ current: v.string() });

function sessionNames(folder: string): string[] {
  return namesIn(folder)
    .flatMap((file) => nameOf(file) ?? [])
    .sort();
}

/** None where the file is not one that is made here. */
function nameOf(file: string): string | undefined {
  return file.endsWith(lockEnding) ? keyOfFileName(file.slice(0, -lockEnding.length)) : undefined;
}

/** One that is there is left alone: closing a file frees what locks this process has on it. @see fcntl(2) */
function makeLock(folder: string, path: string): void {
  if (isThere(path)) return;
  privateFolder(folder);
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw fileFailure(path, 'cannot be written', error);
  }
}
