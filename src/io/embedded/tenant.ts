import { dirname } from 'node:path';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { AnonError } from '../../errors.ts';
import type { LocalTenant, LocalTenantOptions } from '../../local/tenant.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { codeOf, exists, privateFolder, removeUnfinished, setAside } from '../files/files.ts';
import { keepPrivate } from '../files/private-mode.ts';
import type { PostgresState } from './state-address.ts';
import { editionMismatch, problemText, stateFailure, stateProblem } from './state-errors.ts';

export interface LocalPorts {
  /** The file of the state, in the folder of its locks. */
  readonly path: string;
  /** Has the state instead of the file. */
  readonly database?: PostgresState | undefined;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

export type LocalOptions = Omit<LocalTenantOptions, 'clock'>;

/**
 * Opens the local tenant's state file. A damaged file, or another program's, is set aside with a warning and replaced
 * by a new tenant in the given edition. A file of a newer version is refused.
 * @throws {AnonError} `state_unusable`; `edition_unsupported` where the tenant uses another edition than the given one
 */
export async function openLocal(ports: LocalPorts, options: LocalOptions = {}): Promise<LocalTenant> {
  const local = await opened(ports, options);
  const refusal = editionMismatch(local.edition(), options.edition);
  if (refusal) {
    local.close();
    throw refusal;
  }
  const unusable = (error: unknown) => failUnusable(ports, local, error);
  return {
    ...local,
    get issuer() {
      return local.issuer;
    },
    ready: () => local.ready().catch(unusable),
    handle: (request) => local.handle(request).catch(unusable),
    setIssuer: (issuer) => local.setIssuer(issuer).catch(unusable),
  };
}

async function opened(ports: LocalPorts, options: LocalOptions): Promise<LocalTenant> {
  if (ports.database) throw databaseNotOpened();
  const { path, warn } = ports;
  const folder = dirname(path);
  privateFolder(folder);
  if (!exists(path)) removeUnfinished(path);
  const open = () => attempt(ports, options);
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
      warn(moveAside(ports, error));
    }
    return open().catch((error) => {
      throw stateFailure(path, 'cannot be opened', error);
    });
  });
}

/** Until the store for PostgreSQL is here. */
function databaseNotOpened(): AnonError {
  return new AnonError('failed', 'This version cannot open a database.');
}

async function attempt({ path, now }: LocalPorts, options: LocalOptions): Promise<LocalTenant> {
  return (await import('../../local/tenant.ts')).openLocalTenant(path, { ...options, clock: now });
}

/**
 * Replaces the local tenant by a new one. A file that can't be opened as its state is set aside with a warning. Returns the
 * edition: the given one, or the previous one if it could be read.
 * @throws {AnonError} `state_unusable` where the state can't be written
 */
export async function resetLocal(ports: LocalPorts, edition: EditionName | undefined): Promise<EditionName> {
  if (ports.database) throw databaseNotOpened();
  const { path } = ports;
  privateFolder(dirname(path));
  return ports.exclusively(async () => {
    removeUnfinished(path);
    try {
      return await startedOver(await attempt(ports, { edition }), edition);
    } catch (error) {
      if (!isInTheWay(error)) throw stateFailure(path, 'cannot be written', error);
      ports.warn(moveAside(ports, error));
    }
    const local = await attempt(ports, { edition }).catch((error) => {
      throw stateFailure(path, 'cannot be written', error);
    });
    const speaks = local.edition();
    local.close();
    return speaks;
  });
}

async function startedOver(local: LocalTenant, edition: EditionName | undefined): Promise<EditionName> {
  try {
    await local.reset(edition);
    return local.edition();
  } finally {
    local.close();
  }
}

/**
 * For a state that became unusable after it was opened. A damaged file is set aside, so that the next request finds a new
 * tenant; this one fails.
 */
async function failUnusable(ports: LocalPorts, local: LocalTenant, error: unknown): Promise<never> {
  const { path } = ports;
  if (!isDamaged(error)) throw stateFailure(path, 'cannot be written', error);
  const message = await ports.exclusively(async () => {
    try {
      await local.ready();
      return `The local tenant's state ${path} was damaged, but is usable again.`;
    } catch (again) {
      if (!isDamaged(again)) throw stateFailure(path, 'cannot be opened', again);
      return moveAside(ports, again);
    }
  });
  throw new AnonError('state_unusable', message, { hint: 'Run the command again.', cause: error });
}

/** Sets the file aside and returns a sentence about it. */
function moveAside({ path, now }: LocalPorts, error: unknown): string {
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

/** A connection to the local tenant in this process: `handle` takes the place of a socket. */
export async function connectLocal(
  ports: LocalPorts,
  common: Pick<TenantConnection, 'profile' | 'selection' | 'clock' | 'time' | 'retry' | 'warn'>,
  edition?: EditionName,
): Promise<TenantConnection> {
  const local = await openLocal(ports, { edition });
  const { clientId, clientSecret } = local.managementCredentials();
  return {
    ...common,
    issuer: local.issuer,
    baseUrl: local.issuer.slice(0, -1),
    fetch: (url, request) => local.handle(new Request(url, { ...request, body: request.body ?? null })),
    management: {
      credentials: { kind: 'client_secret', clientId },
      source: 'profile',
      secret: async () => clientSecret,
      cache: undefined,
    },
    edition: local.edition(),
    saveEdition: async () => {},
    sessionKey: async () => local.sessionKey(),
  };
}
