import { dirname, join } from 'node:path';
import { AnonError, isAnonError } from '../../errors.ts';
import type { Listening } from '../../local/http/listen.ts';
import type { RateLimit } from '../../local/http/rate-limit.ts';
import type { LocalTenant } from '../../local/open.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { codeOf, fileFailure } from '../files/files.ts';
import { openLock } from '../files/lock.ts';
import { type LocalPorts, openLocal } from './tenant.ts';

export interface LocalServer extends Listening {
  readonly issuer: string;
  /** What the issuer was, where it is another now. */
  readonly issuerBefore: string | undefined;
  /** What it speaks as it begins; a reset by another process may change that. */
  readonly edition: EditionName;
}

export interface ServeOptions {
  /** 0 takes any free one; left out, it is the one that the issuer names. */
  readonly port?: number | undefined;
  /** A host, with its port where that is not 443. */
  readonly domain?: string | undefined;
  readonly edition?: EditionName | undefined;
  readonly rateLimit?: RateLimit | undefined;
  /** Names under which it is served beside `localhost`, its addresses and the host of its issuer. */
  readonly hosts?: readonly string[] | undefined;
}

const usualPort = 4400;

/**
 * Serves the local tenant's state over HTTP on the loopback interface. A port or a domain that is given makes the issuer,
 * `https://localhost:PORT/` or `https://DOMAIN/`, and the state keeps it; else the issuer is the one that the state has.
 * @throws {AnonError} `failed` when the port cannot be had, or another process serves the state under another issuer;
 * `edition_unsupported`
 */
export async function serveLocal(ports: LocalPorts, options: ServeOptions): Promise<LocalServer> {
  const { port, domain, rateLimit, edition, hosts = [] } = options;
  const { listen } = await import('../../local/http/listen.ts');
  // Where it is known before there is a state, that begins with it.
  const given = domain ?? (port ? `localhost:${port}` : undefined);
  const local = await openLocal(ports, { domain: given, edition, rateLimit });
  const before = local.issuer;
  const wanted = port ?? localPort(before) ?? usualPort;
  const opened: (() => Promise<void> | void)[] = [() => local.close()];
  const close = async () => {
    for (let end = opened.pop(); end; end = opened.pop()) await end();
  };
  try {
    const served = () => [...hosts, new URL(local.issuer).hostname];
    const listening = await listen(answering(ports, local), wanted, { hosts: served }).catch((error) => {
      throw cannotListen(wanted, error);
    });
    opened.push(listening.close);
    const lock = servingLock(join(dirname(ports.path), 'local-start.lock'));
    opened.push(lock.release);
    await takeIssuer(local, lock, issuerFor(options, listening.port) ?? before);
    const { issuer } = local;
    return {
      ...listening,
      ...{ issuer, issuerBefore: issuer === before ? undefined : before, edition: local.edition() },
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

/** The port of an issuer on this machine. */
function localPort(issuer: string): number | undefined {
  const { hostname, port } = new URL(issuer);
  return hostname === 'localhost' && port !== '' ? Number(port) : undefined;
}

/** A server that is running goes by the issuer that the state has, and its clients by what it was when they were set up. */
async function takeIssuer(local: LocalTenant, lock: ServingLock, issuer: string): Promise<void> {
  const alone = local.issuer === issuer || (await lock.alone(() => local.setIssuer(issuer)));
  lock.share();
  await local.ready();
  if (alone && local.issuer === issuer) return;
  const { host } = new URL(local.issuer);
  throw new AnonError('failed', `Another process is serving the local tenant, as ${local.issuer}.`, {
    hint: `Stop it first; or serve it under the same issuer: anon-cli local start --port 0 --domain ${host}`,
  });
}

/** A request that cannot be answered ends no server: its client is told why, and once whoever runs the server. */
function answering(ports: LocalPorts, local: LocalTenant): (request: Request) => Promise<Response> {
  const said = new Set<string>();
  return async (request) => {
    try {
      return await local.handle(request);
    } catch (error) {
      if (!isAnonError(error)) return local.outage(request);
      if (!said.has(error.message)) ports.warn(error.message);
      said.add(error.message);
      return local.outage(request, error.message);
    }
  };
}

function cannotListen(port: number, error: unknown): AnonError {
  const code = codeOf(error);
  // `localhost` has two addresses, and a port that is free at one of them may be taken at the other.
  const where = error instanceof Error && 'address' in error && error.address === '::1' ? ' at [::1]' : '';
  const reason =
    code === 'EADDRINUSE' ? 'is in use' : code === 'EACCES' ? 'needs more rights' : `cannot be had (${code})`;
  return new AnonError('failed', `Port ${port} ${reason}${where}.`, {
    hint: 'Take another: anon-cli local start --port 4401',
    cause: error,
  });
}

/** What those who serve one state hold of it together. */
export interface ServingLock {
  /** Runs `work` unless somebody else serves, and says whether it did. */
  alone(work: () => Promise<void>): Promise<boolean>;
  /** Serves from now on, until it is released. */
  share(): void;
  release(): void;
}

/**
 * SQLite's lock on an empty database: many may read it at once, and one that wants it alone must find nobody. The system frees it
 * when its holder dies.
 * @throws {AnonError} `state_unusable` when the file at `path` cannot be made
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
