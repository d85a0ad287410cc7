import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AnonError } from '../../errors.ts';
import type { SnapshotState } from '../../wire/tenant-snapshot.ts';
import { writeFileSync } from '../files/atomic-write.ts';
import { exists, fileFailure, namesIn, privateFolder, readIfExists, removeFile } from '../files/files.ts';
import type { LocalPorts } from './ports.ts';
import type { SavedState, ServedState } from './state-address.ts';
import { databaseKey } from './state-key.ts';
import { withLocal } from './tenant.ts';

/** A snapshot among the others. */
export interface ListedSnapshot {
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly savedAtMs: number;
  readonly bytes: number;
}

/**
 * The snapshots of the local tenant, by name: files for this user alone, beside the state's, and for a state in PostgreSQL in the data
 * folder of this machine. Names must be valid file names. All functions throw `state_unusable` for a file that cannot be used.
 */
export interface LocalSnapshots {
  /** The state as it is now. */
  current(): Promise<SnapshotState>;
  /** In the order of their names. */
  list(): readonly ListedSnapshot[];
  /** Undefined where no snapshot has this name. */
  text(name: string): string | undefined;
  /** Saves the whole text or nothing. Returns false, and saves nothing, where one has the name and may not be replaced. */
  save(name: string, text: string, replaces: boolean): Promise<boolean>;
  /** Returns whether there was one. */
  remove(name: string): Promise<boolean>;
  /** Replaces the whole state by a checked snapshot; reports whether the tenant's keys changed with it. */
  restore(snapshot: SnapshotState): Promise<{ readonly newKeys: boolean }>;
}

const ending = '.json';

export function localSnapshots(ports: LocalPorts<SavedState>): LocalSnapshots {
  const place = () => folderOf(ports);
  const pathOf = (name: string) => join(place(), `${name}${ending}`);
  return {
    current: () => withLocal(ports, {}, (local) => local.snapshotState()),
    list() {
      const folder = place();
      return namesIn(folder)
        .filter((file) => file.endsWith(ending))
        .sort()
        .map((file) => ({ name: file.slice(0, -ending.length), ...statusOf(join(folder, file)) }));
    },
    text: (name) => readIfExists(pathOf(name))?.toString('utf8'),
    async save(name, text, replaces) {
      const folder = place();
      for (const each of [dirname(folder), folder]) privateFolder(each);
      return ports.exclusively(async () => {
        if (!replaces && exists(pathOf(name))) return false;
        try {
          writeFileSync(pathOf(name), text, { mode: 0o600 });
        } catch (error) {
          throw fileFailure(pathOf(name), 'cannot be written', error);
        }
        return true;
      });
    },
    async remove(name) {
      return ports.exclusively(async () => {
        const existed = exists(pathOf(name));
        removeFile(pathOf(name));
        return existed;
      });
    },
    restore: (snapshot) => withLocal(ports, {}, (local) => local.restoreState(snapshot)),
  };
}

/** @throws {AnonError} `usage` for a state that ends with a process, so that nothing should be saved of it */
function folderOf({ state, certificates }: LocalPorts<SavedState>): string {
  if ('file' in state) return join(dirname(state.file), 'snapshots');
  if ('postgres' in state) return join(dirname(certificates.folder), 'snapshots', databaseKey(state.postgres));
  throw notSaved(state);
}

/** The files would stay when the tenant ends. */
function notSaved({ displayed }: ServedState): AnonError {
  return new AnonError('usage', `The local tenant at ${new URL(displayed).origin} is in memory and has no snapshots.`, {
    hint: 'In tests, use snapshot() and restore() of anon-cli/local. For the tenant that is saved on this machine: unset ANON_DATABASE_URL.',
  });
}

function statusOf(path: string): Pick<ListedSnapshot, 'savedAtMs' | 'bytes'> {
  const status = statSync(path, { throwIfNoEntry: false });
  return { savedAtMs: Math.round(status?.mtimeMs ?? 0), bytes: status?.size ?? 0 };
}
