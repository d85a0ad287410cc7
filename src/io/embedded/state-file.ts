import { dirname } from 'node:path';
import { AnonError } from '../../errors.ts';
import type { LocalTenant } from '../../local/open-tenant.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { codeOf, exists, privateFolder, removeUnfinished, setAside } from '../files/files.ts';
import { keepPrivate } from '../files/private-mode.ts';
import { databasePorts, type LocalOptions, type LocalPorts } from './ports.ts';
import { problemText, stateFailure, stateProblem } from './state-errors.ts';

/**
 * Opens the local tenant in a file. A damaged file, or another program's, is set aside with a warning and replaced by a new
 * tenant in the given edition. A file of a newer version is refused.
 * @throws {AnonError} `state_unusable`
 */
export async function openFile(path: string, ports: LocalPorts, options: LocalOptions): Promise<LocalTenant> {
  const { warn } = ports;
  const folder = dirname(path);
  privateFolder(folder);
  if (!exists(path)) removeUnfinished(path);
  const open = () => attempt(path, ports, options);
  try {
    const local = await open();
    for (const ours of [folder, path]) keepPrivate(ours, warn);
    return local;
  } catch (error) {
    if (!isDamaged(error)) throw stateFailure(path, 'cannot be opened', error);
  }
  // Checked again under the lock: another process may have set the file aside meanwhile.
  return ports.exclusively(async () => {
    try {
      return await open();
    } catch (error) {
      if (!isDamaged(error)) throw stateFailure(path, 'cannot be opened', error);
      warn(moveAside(path, ports, error));
    }
    return open().catch((error) => {
      throw stateFailure(path, 'cannot be opened', error);
    });
  });
}

async function attempt(path: string, { now, warn }: LocalPorts, options: LocalOptions): Promise<LocalTenant> {
  const { openLocalTenant } = await import('../../local/open-tenant.ts');
  return openLocalTenant({ file: path }, { ...options, clock: now }, databasePorts(warn));
}

/**
 * Replaces the local tenant by a new one. A file that can't be opened as its state is set aside with a warning. Returns the
 * edition: the given one, or the previous one if it could be read.
 * @throws {AnonError} `state_unusable` where the state can't be written
 */
export async function resetFile(
  path: string,
  ports: LocalPorts,
  { edition, seedRandom }: Pick<LocalOptions, 'edition' | 'seedRandom'>,
): Promise<EditionName> {
  privateFolder(dirname(path));
  return ports.exclusively(async () => {
    removeUnfinished(path);
    try {
      const local = await attempt(path, ports, { edition });
      try {
        await local.reset(edition, seedRandom);
        return await local.edition();
      } finally {
        await local.close();
      }
    } catch (error) {
      if (!isInTheWay(error)) throw stateFailure(path, 'cannot be written', error);
      ports.warn(moveAside(path, ports, error));
    }
    const local = await attempt(path, ports, { edition, seedRandom }).catch((error) => {
      throw stateFailure(path, 'cannot be written', error);
    });
    const speaks = await local.edition();
    await local.close();
    return speaks;
  });
}

/**
 * For a state that became unusable after it was opened. A damaged file is set aside, so that the next request finds a new
 * tenant; this one fails.
 */
export async function failUnusable(
  path: string,
  ports: LocalPorts,
  local: LocalTenant,
  error: unknown,
): Promise<never> {
  if (!isDamaged(error)) throw stateFailure(path, 'cannot be written', error);
  const message = await ports.exclusively(async () => {
    try {
      await local.ready();
      return `The local tenant's state ${path} was damaged, but is usable again.`;
    } catch (again) {
      if (!isDamaged(again)) throw stateFailure(path, 'cannot be opened', again);
      return moveAside(path, ports, again);
    }
  });
  throw new AnonError('state_unusable', message, { hint: 'Run the command again.', cause: error });
}

/** Sets the file aside and returns a sentence about it. */
function moveAside(path: string, { now }: LocalPorts, error: unknown): string {
  const problem = problemText(path, error);
  const aside = setAside(path, now(), ['-journal', '-wal', '-shm']);
  return `The local tenant's state ${path} ${problem}. It was moved to ${aside}, and a new tenant takes its place.`;
}

function isDamaged(error: unknown): boolean {
  return ['corrupt', 'foreign'].includes(stateProblem(error)?.reason ?? '');
}

/** Whether a new file would help: it wouldn't with a full disk or a lock. */
function isInTheWay(error: unknown): boolean {
  const problem = stateProblem(error);
  if (problem?.reason !== 'failed') return problem !== undefined;
  return /^(EISDIR|ENOTFILE|ENOENT|EACCES|EPERM|ELOOP|EIO|ENXIO|SQLITE_(CANTOPEN|IOERR_READ|READONLY|PERM|AUTH).*)$/.test(
    codeOf(problem.cause),
  );
}
