import { dirname } from 'node:path';
import type { TenantConnection } from '../domain/ports.ts';
import { AnonError } from '../errors.ts';
import type { LocalTenant } from '../local/open.ts';
import type { RateLimit } from '../local/rate-limit.ts';
import { fileFailure, privateFolder, setAside } from './files.ts';

export interface LocalPorts {
  readonly path: string;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly exclusively: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

export interface LocalOptions {
  readonly domain?: string | undefined;
  readonly rateLimit?: RateLimit | undefined;
}

/**
 * Opens the embedded tenant on its state file. A file that is corrupt or another program's is set aside,
 * with a warning, and a new state begun; one of a newer version is refused.
 * @throws {AnonError} `state_unusable`
 */
export async function openLocal(ports: LocalPorts, options: LocalOptions = {}): Promise<LocalTenant> {
  const { path, now, warn } = ports;
  const { openLocalTenant } = await import('../local/open.ts');
  const open = () => openLocalTenant(path, { ...options, clock: now });
  privateFolder(dirname(path));
  try {
    return await open();
  } catch (error) {
    if (reasonOf(error) === undefined) throw fileFailure(path, 'cannot be opened', error);
    refuseNewer(path, error);
  }
  // Looked at again with nobody else about: another process may have set the file aside meanwhile.
  return ports.exclusively(async () => {
    try {
      return await open();
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === undefined) throw fileFailure(path, 'cannot be opened', error);
      const aside = setAside(path, now(), ['-journal', '-wal', '-shm']);
      const what = reason === 'foreign' ? "is another program's database" : 'is damaged';
      warn(`The local tenant's state ${path} ${what}. It is now ${aside}, and a new tenant is started.`);
      return open();
    }
  });
}

/** By name: the class of the error belongs to the other room. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'StateFileError' || !('reason' in error)) return undefined;
  return String(error.reason);
}

function refuseNewer(path: string, error: unknown): void {
  if (reasonOf(error) !== 'newer') return;
  throw new AnonError('state_unusable', `The local tenant's state ${path} was written by a newer anon-cli.`, {
    hint: 'Update anon-cli: npm install -g anon-cli@latest',
  });
}

/** The embedded tenant as any other: its `handle` stands where a socket would. */
export async function connectLocal(
  ports: LocalPorts,
  common: Pick<TenantConnection, 'profile' | 'selection' | 'clock' | 'time' | 'patience' | 'warn'>,
): Promise<TenantConnection> {
  const local = await openLocal(ports);
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
      keeper: undefined,
    },
    edition: local.edition(),
    rememberEdition: async () => {},
    sessionKey: async () => local.sessionKey(),
  };
}
