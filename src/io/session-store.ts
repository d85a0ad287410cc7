import { closeSync, existsSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { RememberedSession, SecretStore, SessionStore } from '../domain/ports.ts';
import { exactJson, readExactJson } from '../wire/exact-json.ts';
import { earlierSession, removeEarlierSession } from './earlier-session.ts';
import { fileFailure, privateFolder } from './files.ts';
import type { Folders } from './folders.ts';
import type { JsonFile } from './json-file.ts';
import { rememberedSession } from './remembered-session.ts';
import { fileName, keyOfFileName, secretFiles } from './secret-files.ts';

export interface SessionPorts {
  readonly profile: string;
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
  const { profile, unnamed, folders, readOnly, warn } = ports;
  const secrets = async () => (await ports.secrets()) ?? secretFiles(ports);
  const earlier = { ...ports, secrets };
  const folder = join(folders.data, 'session-names', fileName(profile));
  const lockPath = (name: string) => join(folder, `${fileName(name)}${lockEnding}`);
  const keyOf = (name: string) => `session/${profile}/${name}` as const;
  const pointer: JsonFile<v.InferOutput<typeof pointed>> = { ...ports, path: join(folder, 'current'), schema: pointed };

  const putEntry = async (name: string, session: RememberedSession) =>
    (await secrets()).put(keyOf(name), exactJson(session));

  /** What was kept when a profile had one session is one of several from now on. */
  const moveEarlier = async (): Promise<void> => {
    if (readOnly || existsSync(folder) || !(await earlierSession(earlier))) return;
    privateFolder(folders.data);
    await ports.locked(join(folders.data, 'sessions.lock'), async () => {
      const found = existsSync(folder) ? undefined : await earlierSession(earlier);
      // The folder last: while it is not there, nobody takes what was moved for all there is.
      if (found) {
        await putEntry(unnamed, found);
        makeLock(folder, lockPath(unnamed));
      }
      await removeEarlierSession(earlier);
    });
  };

  const current = async (): Promise<string> => {
    if (!existsSync(pointer.path)) return unnamed;
    return (await import('./json-file.ts')).readJsonFile(pointer)?.current ?? unnamed;
  };

  return {
    async names() {
      await moveEarlier();
      return existsSync(folder) ? namesIn(folder) : [];
    },
    current,
    async use(name) {
      if ((await current()) === name) return;
      (await import('./json-file.ts')).writeJsonFile(pointer, { current: name });
    },
    async get(name) {
      await moveEarlier();
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
      await putEntry(name, session);
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
      for (const name of existsSync(folder) ? namesIn(folder) : []) await store.remove(keyOf(name));
      removeFile(folder);
    },
    async exclusively(name, work) {
      await moveEarlier();
      privateFolder(folder);
      return ports.locked(lockPath(name), work);
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

function namesIn(folder: string): string[] {
  return readdirSync(folder).flatMap(nameOf).sort();
}

/** None where the file is not one that is made here. */
function nameOf(file: string): string[] {
  const name = file.endsWith(lockEnding) ? keyOfFileName(file.slice(0, -lockEnding.length)) : undefined;
  return name === undefined ? [] : [name];
}

/** One that is there is left alone: closing a file frees what locks this process has on it. @see fcntl(2) */
function makeLock(folder: string, path: string): void {
  if (existsSync(path)) return;
  privateFolder(folder);
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw fileFailure(path, 'cannot be written', error);
  }
}

function removeFile(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw fileFailure(path, 'cannot be removed', error);
  }
}
