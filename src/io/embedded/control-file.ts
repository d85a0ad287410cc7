import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { codeOf, namesIn, privateFolder, readIfExists } from '../files/files.ts';
import { isCurrent, type Lock, openLock } from '../files/lock.ts';
import type { ControlAddress } from './control-address.ts';
import type { LocalPorts } from './ports.ts';
import type { SavedState, ServedState, StateAddress } from './state-address.ts';
import { databaseKey } from './state-key.ts';

type Ports = Pick<LocalPorts, 'state' | 'certificates'>;

/**
 * Saves the address, mode 0600, until the returned function is called. A lock that the system frees with its holder tells a
 * running server's file from a killed one's. Saves nothing where this user's folder cannot be written: the server has printed
 * the address.
 */
export async function announceControl(ports: Ports, port: number, address: ControlAddress): Promise<() => void> {
  const { state } = ports;
  // Only what the server has printed leads to a state in memory.
  if (!isOnDisk(state)) return () => {};
  const path = join(folderOf(ports), `${port}.json`);
  try {
    privateFolder(dirname(dirname(path)));
    privateFolder(dirname(path));
    const lock = await holdLock(lockOf(path));
    rmSync(path, { force: true });
    const text = JSON.stringify({ state: idOf(state), ...address });
    writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx' });
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      rmSync(path, { force: true });
      close(lock);
      removeIfPossible(lockOf(path));
    };
  } catch {
    return () => {};
  }
}

/** The address of a running server of the state. Removes the files of killed servers. */
export function announcedControl(ports: Ports): ControlAddress | undefined {
  const { state } = ports;
  if ('served' in state) return { url: state.served.url.replace(/\/[^/]*$/, ''), token: state.served.token };
  if (!isOnDisk(state)) return undefined;
  for (const path of pathsIn(folderOf(ports))) {
    const found = contentOf(path);
    if (isHeld(path) && found?.state === idOf(state)) return { url: found.url, token: found.token };
  }
  return undefined;
}

function pathsIn(folder: string): string[] {
  try {
    const names = namesIn(folder).filter((name) => /^\d+\.json$/.test(name));
    return names.map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Beside the certificates, which are this user's too, wherever the state is. */
function folderOf({ certificates }: Ports): string {
  return join(dirname(certificates.folder), 'control');
}

function lockOf(path: string): string {
  return path.replace(/json$/, 'lock');
}

/** A state that is on a disk, and may have several servers. */
type DiskState = Exclude<SavedState, ServedState>;

function isOnDisk(state: StateAddress): state is DiskState {
  return !('memory' in state || 'served' in state);
}

function idOf(state: DiskState): string {
  return 'file' in state ? state.file : databaseKey(state.postgres);
}

function contentOf(path: string): (ControlAddress & { readonly state: string }) | undefined {
  try {
    const { state, url, token } = JSON.parse(String(readIfExists(path)));
    const isOurs =
      typeof state === 'string' && typeof url === 'string' && ['string', 'undefined'].includes(typeof token);
    return isOurs ? { state, url, token } : undefined;
  } catch {
    return undefined;
  }
}

/** Somebody who looks whether the lock is held has it for a moment. */
async function holdLock(path: string): Promise<Lock> {
  for (let attempt = 1; ; attempt += 1) {
    let lock: Lock | undefined;
    try {
      lock = openLock(path);
      lock.database.exec('BEGIN');
      lock.database.prepare('SELECT count(*) FROM sqlite_schema').all();
      if (isCurrent(lock)) return lock;
    } catch (error) {
      if (attempt === 20) throw error;
    }
    if (lock) close(lock);
    await wait(5);
  }
}

/** Whether a server holds the lock. Otherwise removes its files, while no other can begin. */
function isHeld(path: string): boolean {
  let lock: Lock | undefined;
  try {
    lock = openLock(lockOf(path));
    lock.database.exec('BEGIN EXCLUSIVE');
    removeBoth(path);
    return false;
  } catch (error) {
    // Whoever keeps this process from opening it is removing it.
    return lock !== undefined && codeOf(error).startsWith('SQLITE_BUSY');
  } finally {
    if (lock) close(lock);
  }
}

function removeBoth(path: string): void {
  for (const each of [path, lockOf(path)]) rmSync(each, { force: true });
}

/** Windows removes no file that somebody else is looking at. An empty file may stay. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

function close({ database }: Lock): void {
  if (database.inTransaction) database.exec('ROLLBACK');
  database.close();
}
