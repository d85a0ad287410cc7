import { dirname } from 'node:path';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { AnonError } from '../../errors.ts';
import type { LocalTenant, LocalTenantOptions } from '../../local/open.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { codeOf, isThere, privateFolder, removeUnfinished, setAside } from '../files/files.ts';
import { keepPrivate } from '../files/private-mode.ts';
import { otherEdition } from './other-edition.ts';
import { problemText, stateFailure, stateProblem } from './state-failure.ts';

export interface LocalPorts {
  readonly path: string;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

export type LocalOptions = Omit<LocalTenantOptions, 'clock'>;

/**
 * Opens the embedded tenant on its state file. A file that is damaged or another program's is set aside, with a warning, and
 * a new state begun. One of a newer version is refused. A new tenant speaks the edition that is asked for.
 * @throws {AnonError} `state_unusable`; `edition_unsupported` when the tenant speaks another edition than is asked for
 */
export async function openLocal(ports: LocalPorts, options: LocalOptions = {}): Promise<LocalTenant> {
  const local = await opened(ports, options);
  const refusal = otherEdition(local.edition(), options.edition);
  if (refusal) {
    local.close();
    throw refusal;
  }
  const unusable = (error: unknown) => foundUnusable(ports, local, error);
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
  const { path, warn } = ports;
  const folder = dirname(path);
  privateFolder(folder);
  if (!isThere(path)) removeUnfinished(path);
  const open = () => attempt(ports, options);
  try {
    const local = await open();
    for (const ours of [folder, path]) keepPrivate(ours, warn);
    return local;
  } catch (error) {
    if (!isDamaged(error)) throw stateFailure(path, 'cannot be opened', error);
  }
  // Looked at again with nobody else about: another process may have set the file aside meanwhile.
  return ports.exclusively(async () => {
    try {
      return await open();
    } catch (error) {
      if (!isDamaged(error)) throw stateFailure(path, 'cannot be opened', error);
      warn(putAside(ports, error));
    }
    return open().catch((error) => {
      throw stateFailure(path, 'cannot be opened', error);
    });
  });
}

async function attempt({ path, now }: LocalPorts, options: LocalOptions): Promise<LocalTenant> {
  return (await import('../../local/open.ts')).openLocalTenant(path, { ...options, clock: now });
}

/**
 * Starts the embedded tenant over, whatever is in the place of its state: what cannot be opened as one is set aside, with a warning.
 * Answers which edition it speaks: the one that is named, else the one it spoke, as far as that could be read.
 * @throws {AnonError} `state_unusable` when the system does not let it be written
 */
export async function resetLocal(ports: LocalPorts, edition: EditionName | undefined): Promise<EditionName> {
  const { path } = ports;
  privateFolder(dirname(path));
  return ports.exclusively(async () => {
    removeUnfinished(path);
    try {
      return await startedOver(await attempt(ports, { edition }), edition);
    } catch (error) {
      if (!isInTheWay(error)) throw stateFailure(path, 'cannot be written', error);
      ports.warn(putAside(ports, error));
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
 * The state was opened, and is of no use by now. What is damaged is set aside, so that the next request meets a new tenant; this one
 * cannot be answered.
 */
async function foundUnusable(ports: LocalPorts, local: LocalTenant, error: unknown): Promise<never> {
  const { path } = ports;
  if (!isDamaged(error)) throw stateFailure(path, 'cannot be written', error);
  const message = await ports.exclusively(async () => {
    try {
      await local.ready();
      return `The local tenant's state ${path} was damaged, and is in order again.`;
    } catch (again) {
      if (!isDamaged(again)) throw stateFailure(path, 'cannot be opened', again);
      return putAside(ports, again);
    }
  });
  throw new AnonError('state_unusable', message, { hint: 'Run the command again.', cause: error });
}

/** Says where the file went. */
function putAside({ path, now }: LocalPorts, error: unknown): string {
  const problem = problemText(path, error);
  const aside = setAside(path, now(), ['-journal', '-wal', '-shm']);
  return `The local tenant's state ${path} ${problem}. It is now ${aside}, and a new tenant is started.`;
}

function isDamaged(error: unknown): boolean {
  return ['corrupt', 'foreign'].includes(stateProblem(error)?.reason ?? '');
}

/** What another file would not be: full disks and locks are the same for any. */
function isInTheWay(error: unknown): boolean {
  const problem = stateProblem(error);
  if (problem?.reason !== 'failed') return problem !== undefined;
  return /^(EISDIR|ENOTFILE|ENOENT|EACCES|EPERM|ELOOP|EIO|ENXIO|SQLITE_(CANTOPEN|IOERR_READ|READONLY|PERM|AUTH).*)$/.test(
    codeOf(problem.cause),
  );
}

/** The embedded tenant as any other: its `handle` stands where a socket would. */
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
