import { closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { SecretStore } from '../../domain/profile/profile.ts';
import type { SavedSession, SessionStore } from '../../domain/session/saved-session.ts';
import { exactJson, readExactJson } from '../../wire/exact-json.ts';
import { plainObject } from '../../wire/schema.ts';
import { exists, fileFailure, namesIn, privateFolder, removeFile, removeFolder } from '../files/files.ts';
import type { Folders } from '../files/folders.ts';
import type { JsonFile } from '../files/json-file.ts';
import { keepPrivate } from '../files/private-mode.ts';
import { boundSecrets } from './bound-secrets.ts';
import { fileName, keyOfFileName, secretFiles } from './secret-files.ts';
import { type Renaming, renamings } from './session-renaming.ts';

export interface SessionPorts {
  readonly profile: string;
  /** Tells the sessions apart where a profile may be used with several tenants. */
  readonly tenant?: string | undefined;
  /** Where the profile's requests go: a session of another tenant is never returned. */
  readonly origin?: string | undefined;
  /** The name of a session that was not named. */
  readonly unnamed: string;
  readonly folders: Folders;
  /** The profile's secrets, unless they are in files. */
  readonly secrets: () => Promise<SecretStore | undefined>;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly readOnly?: boolean | undefined;
  /** Runs `work` while no other process runs its own under the same path. */
  readonly locked: <Result>(path: string, work: () => Promise<Result>) => Promise<Result>;
}

const lockEnding = '.lock';

/**
 * Each session, with its tokens, is one entry among the profile's secrets, so it is saved whole or not at all, and jobs with
 * different sessions share no file. A session's lock file also records its name, because a keyring can't list its entries.
 * Another file beside them names the current session.
 */
export function sessionStore(ports: SessionPorts): SessionStore {
  const { profile, tenant, origin, unnamed, folders, readOnly, warn } = ports;
  const owner = tenant === undefined ? profile : `${profile}@${tenant}`;
  const allSecrets = async () => (await ports.secrets()) ?? secretFiles(ports);
  const secrets = async () => {
    const store = await allSecrets();
    return origin === undefined ? store : boundSecrets(store, { profile: owner, origin });
  };
  // From a version that didn't bind sessions to tenants.
  const legacy = { ...ports, profile: owner, secrets: allSecrets };
  const folder = join(folders.data, 'session-names', fileName(owner));
  const lockPath = (name: string) => join(folder, `${fileName(name)}${lockEnding}`);
  const keyOf = (name: string) => `session/${owner}/${name}` as const;
  const pointer: JsonFile<v.InferOutput<typeof pointerContent>> = {
    ...ports,
    path: join(folder, 'current'),
    schema: pointerContent,
  };

  const held = new Set<string>();
  const renaming: Renaming = renamings({ ...ports, folder, lockPath, keyOf, secrets: allSecrets, held });

  /** Turns the only session of an earlier version into one of several. */
  const migrateLegacySession = async (): Promise<void> => {
    if (readOnly || exists(folder) || !(await legacySession(legacy))) return;
    privateFolder(folders.data);
    await ports.locked(join(folders.data, 'sessions.lock'), async () => {
      const found = exists(folder) ? undefined : await legacySession(legacy);
      // The folder last: its existence means that the migration is done.
      if (found) {
        await (await allSecrets()).put(keyOf(unnamed), exactJson(found));
        makeLock(folder, lockPath(unnamed));
      }
      await removeLegacySession(legacy);
    });
  };

  const current = async (): Promise<string> => {
    if (!exists(pointer.path)) return unnamed;
    return (await import('../files/json-file.ts')).readJsonFile(pointer)?.current ?? unnamed;
  };

  /** Completes what an earlier version, or a killed process, left undone. */
  const settle = async (): Promise<void> => {
    await migrateLegacySession();
    await renaming.settle(followRename);
  };

  const use = async (name: string): Promise<void> => {
    if ((await current()) === name) return;
    (await import('../files/json-file.ts')).writeJsonFile(pointer, { current: name });
  };

  const followRename = async (from: string, to: string): Promise<void> => {
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
      const checked = v.safeParse(savedSession, parsed(text));
      if (checked.success) return checked.output;
      warn(
        `The saved session '${name}' of profile ${profile} is not valid. It is ignored until it is replaced or removed.`,
      );
      return undefined;
    },
    async put(name, session) {
      await migrateLegacySession();
      makeLock(folder, lockPath(name));
      await (await secrets()).put(keyOf(name), exactJson(session));
    },
    async rename(from, to) {
      makeLock(folder, lockPath(to));
      await renaming.rename(from, to, followRename);
    },
    async forget(name) {
      await migrateLegacySession();
      await (await secrets()).remove(keyOf(name));
      if ((await current()) === name) removeFile(pointer.path);
      removeFile(lockPath(name));
    },
    async forgetAll() {
      const store = await secrets();
      await removeLegacySession(legacy);
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

/** Keeps every digit of numbers in metadata. */
function parsed(text: string): unknown {
  try {
    return readExactJson(text);
  } catch {
    return undefined;
  }
}

const pointerContent = v.strictObject({ current: v.string() });

function sessionNames(folder: string): string[] {
  return namesIn(folder)
    .flatMap((file) => nameOf(file) ?? [])
    .sort();
}

/** Undefined for a file that isn't a lock file of ours. */
function nameOf(file: string): string | undefined {
  return file.endsWith(lockEnding) ? keyOfFileName(file.slice(0, -lockEnding.length)) : undefined;
}

/** Leaves an existing file alone: closing it would free this process's locks on it. @see fcntl(2) */
function makeLock(folder: string, path: string): void {
  if (exists(path)) return;
  privateFolder(folder);
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw fileFailure(path, 'cannot be written', error);
  }
}

interface LegacyPorts extends Pick<SessionPorts, 'profile' | 'folders' | 'now' | 'warn' | 'readOnly'> {
  readonly secrets: () => Promise<SecretStore>;
}

/** The session of a profile from the time when a profile had only one. */
async function legacySession(ports: LegacyPorts): Promise<SavedSession | undefined> {
  const text = await (await ports.secrets()).get(`session/${ports.profile}`);
  if (text === undefined) return sessionInFile(ports);
  const checked = v.safeParse(v.pipe(v.string(), v.parseJson(), savedSession), text);
  if (checked.success) return checked.output;
  ports.warn(`The saved session of profile ${ports.profile} is not valid; it is ignored.`);
  return undefined;
}

async function removeLegacySession(ports: LegacyPorts): Promise<void> {
  await (await ports.secrets()).remove(`session/${ports.profile}`);
  removeFile(legacyPath(ports));
}

/** Version 0.1.0 saved sessions in files of their own. */
function legacyPath({ folders, profile }: LegacyPorts): string {
  return join(folders.data, 'sessions', `${profile}.json`);
}

async function sessionInFile(ports: LegacyPorts): Promise<SavedSession | undefined> {
  const path = legacyPath(ports);
  if (!exists(path)) return undefined;
  const { now, warn, readOnly } = ports;
  const { readJsonFile } = await import('../files/json-file.ts');
  return readJsonFile({ path, schema: v.strictObject({ session: savedSession }), now, warn, readOnly })?.session;
}

/** Milliseconds since 1970, within the range of a date. @see ECMA-262, section 21.4.1.1 */
const time = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));

/** A saved session. Version 0.1.0 saved the first five members. */
const savedSession = v.strictObject({
  sessionToken: v.string(),
  accessToken: v.string(),
  tokenType: v.optional(v.string()),
  clientId: v.string(),
  audience: v.string(),
  scope: v.optional(v.string()),
  appName: v.optional(v.string()),
  apiName: v.optional(v.string()),
  guestId: v.optional(v.string()),
  metadata: v.optional(plainObject),
  createdAtMs: v.optional(time),
  accessEndsAtMs: v.optional(time),
  sessionEndsAtMs: v.nullish(time),
  replaced: v.optional(v.array(v.strictObject({ guestId: v.optional(v.string()), untilMs: time }))),
});
