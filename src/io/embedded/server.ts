import { dirname, join } from 'node:path';
import { AnonError, isAnonError } from '../../errors.ts';
import type { Listening } from '../../local/http/listen.ts';
import type { RateLimit } from '../../local/http/rate-limit.ts';
import type { LocalTenant } from '../../local/tenant.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { codeOf, fileFailure } from '../files/files.ts';
import { openLock } from '../files/lock.ts';
import { type LocalPorts, openLocal } from './tenant.ts';

export interface LocalServer extends Listening {
  readonly issuer: string;
  /** The previous issuer, where it changed. */
  readonly issuerBefore: string | undefined;
  /** The edition at the start; a reset by another process may change it. */
  readonly edition: EditionName;
}

export interface ServeOptions {
  /** 0 is any free port; the default is the issuer's. */
  readonly port?: number | undefined;
  /** A host, with a port other than 443. */
  readonly domain?: string | undefined;
  /** An IP address of this machine, or `0.0.0.0` or `::` for all; by default only this machine can connect. */
  readonly address?: string | undefined;
  readonly edition?: EditionName | undefined;
  readonly rateLimit?: RateLimit | undefined;
  /** Host names to accept beside `localhost`, its addresses and the issuer's host. */
  readonly hosts?: readonly string[] | undefined;
}

const defaultPort = 4400;

/**
 * Serves the local tenant over HTTP, by default on the loopback interface. A given port or domain makes the issuer,
 * `https://localhost:PORT/` or `https://DOMAIN/`, which is saved; otherwise the issuer is the saved one.
 * @throws {AnonError} `failed` where the port is taken, or another process serves the tenant as another issuer;
 * `edition_unsupported`
 */
export async function serveLocal(ports: LocalPorts, options: ServeOptions): Promise<LocalServer> {
  const { port, domain, address, rateLimit, edition, hosts = [] } = options;
  const { listen } = await import('../../local/http/listen.ts');
  // Needed before the state exists, which is then created with it.
  const given = domain ?? (port ? `localhost:${port}` : undefined);
  const local = await openLocal(ports, { domain: given, edition, rateLimit });
  const before = local.issuer;
  const wanted = port ?? localPort(before) ?? defaultPort;
  const opened: (() => Promise<void> | void)[] = [() => local.close()];
  const close = async () => {
    for (let end = opened.pop(); end; end = opened.pop()) await end();
  };
  try {
    const names = [...hosts, ...namesOf(address)];
    const listening = await listen(handlerOf(ports, local), wanted, {
      hosts: () => [...names, new URL(local.issuer).hostname],
      ...(address !== undefined && { addresses: [address] }),
    }).catch((error) => {
      throw cannotListen(wanted, address, error);
    });
    opened.push(listening.close);
    const lock = servingLock(join(dirname(ports.path), 'local-start.lock'));
    opened.push(lock.release);
    await takeIssuer(local, lock, issuerFor(options, listening.port) ?? before);
    const { issuer } = local;
    return {
      ...listening,
      ...{ issuer, issuerBefore: issuer === before ? undefined : before, edition: await local.edition() },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function issuerFor({ port, domain }: ServeOptions, taken: number): string | undefined {
  if (domain !== undefined) return `https://${domain}/`;
  return port === undefined ? undefined : `https://localhost:${taken}/`;
}

/** The port of an issuer on localhost. */
function localPort(issuer: string): number | undefined {
  const { hostname, port } = new URL(issuer);
  return hostname === 'localhost' && port !== '' ? Number(port) : undefined;
}

/** Another running server and its clients rely on the issuer, so it changes only where nobody else serves the tenant. */
async function takeIssuer(local: LocalTenant, lock: ServingLock, issuer: string): Promise<void> {
  const alone = local.issuer === issuer || (await lock.alone(() => local.setIssuer(issuer)));
  lock.share();
  await local.ready();
  if (alone && local.issuer === issuer) return;
  const { host } = new URL(local.issuer);
  throw new AnonError('failed', `Another process is serving the local tenant with the issuer ${local.issuer}.`, {
    hint: `Stop it first, or use the same issuer: anon-cli local start --port 0 --domain ${host}`,
  });
}

/** An unusable state doesn't stop the server: each client gets the reason, and the server warns once. */
function handlerOf(ports: LocalPorts, local: LocalTenant): (request: Request) => Promise<Response> {
  const warned = new Set<string>();
  return async (request) => {
    try {
      return await local.handle(request);
    } catch (error) {
      if (!isAnonError(error)) return local.outage(request);
      if (!warned.has(error.message)) ports.warn(error.message);
      warned.add(error.message);
      return local.outage(request, error.message);
    }
  };
}

/**
 * The Host header of requests to an address: no page's domain can lead there under that name. With all addresses, the ones
 * to serve must be named.
 */
function namesOf(address: string | undefined): string[] {
  if (address === undefined || address === '0.0.0.0' || address === '::') return [];
  return [address.includes(':') ? `[${address}]` : address];
}

function cannotListen(port: number, given: string | undefined, error: unknown): AnonError {
  const code = codeOf(error);
  if (given !== undefined && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(code)) {
    return new AnonError('failed', `This machine does not have the address ${given}.`, {
      hint: 'Choose one that it has, or all of them: anon-cli local start --host 0.0.0.0',
      cause: error,
    });
  }
  // `localhost` has two addresses, and the port may be taken at only one of them.
  const where = error instanceof Error && 'address' in error && error.address === '::1' ? ' on [::1]' : '';
  const reason =
    code === 'EADDRINUSE'
      ? 'is in use'
      : code === 'EACCES'
        ? 'needs elevated privileges'
        : `is not available (${code})`;
  return new AnonError('failed', `Port ${port} ${reason}${where}.`, {
    hint: 'Choose another: anon-cli local start --port 4401',
    cause: error,
  });
}

/** A lock that all servers of one state share. */
export interface ServingLock {
  /** Runs `work` unless another process holds the lock; returns whether it ran. */
  alone(work: () => Promise<void>): Promise<boolean>;
  /** Holds the lock, together with others, until `release`. */
  share(): void;
  release(): void;
}

/**
 * SQLite's lock on an empty database: shared by readers, exclusive for a writer. The system frees it when its holder dies.
 * @throws {AnonError} `state_unusable` where the file at `path` can't be created
 */
export function servingLock(path: string): ServingLock {
  const { database } = openLock(path);
  const end = () => {
    if (database.inTransaction) database.exec('ROLLBACK');
  };
  return {
    async alone(work) {
      try {
        database.exec('BEGIN EXCLUSIVE');
      } catch (error) {
        if (codeOf(error).startsWith('SQLITE_BUSY')) return false;
        throw fileFailure(path, 'cannot be locked', error);
      }
      try {
        await work();
        return true;
      } finally {
        end();
      }
    },
    share() {
      database.exec('BEGIN');
      database.prepare('SELECT count(*) FROM sqlite_schema').all();
    },
    release() {
      end();
      database.close();
    },
  };
}
