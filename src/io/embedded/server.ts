import { AnonError, isAnonError } from '../../errors.ts';
import type { Listening } from '../../local/http/listen.ts';
import type { RateLimit } from '../../local/http/rate-limit.ts';
import type { LocalTenant } from '../../local/open-tenant.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { codeOf } from '../files/files.ts';
import type { LocalPorts } from './ports.ts';
import { type ServingLock, servingLock } from './serving-lock.ts';
import { openLocal } from './tenant.ts';

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
 * `https://localhost:PORT/` or `https://DOMAIN/`, which is saved; otherwise the issuer is the saved one. In a database, which
 * several instances serve at different ports, a port makes the issuer of a new tenant only.
 * @throws {AnonError} `failed` where the port is taken, or another process serves the tenant as another issuer;
 * `edition_unsupported`; the errors of {@link openLocal}
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
    const lock = await servingLock(ports);
    opened.push(() => lock.release());
    await takeIssuer(local, lock, issuerFor(ports, options, listening.port) ?? before);
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

function issuerFor({ state }: LocalPorts, { port, domain }: ServeOptions, taken: number): string | undefined {
  if (domain !== undefined) return `https://${domain}/`;
  return port === undefined || !('file' in state) ? undefined : `https://localhost:${taken}/`;
}

/** The port of an issuer on localhost. */
function localPort(issuer: string): number | undefined {
  const { hostname, port } = new URL(issuer);
  return hostname === 'localhost' && port !== '' ? Number(port) : undefined;
}

/** Another running server and its clients rely on the issuer, so it changes only where nobody else serves the tenant. */
async function takeIssuer(local: LocalTenant, lock: ServingLock, issuer: string): Promise<void> {
  if (local.issuer !== issuer) await lock.alone(() => local.setIssuer(issuer));
  await lock.share();
  // Another process may have changed it in the meantime, to the same issuer where several are started together.
  await local.ready();
  if (local.issuer === issuer) return;
  const { host } = new URL(local.issuer);
  throw new AnonError('failed', `Another process is serving the local tenant with the issuer ${local.issuer}.`, {
    hint: `Stop it first, or use the same issuer: anon-cli local start --port 0 --domain ${host}`,
  });
}

/**
 * An unusable state doesn't stop the server: each client gets the reason, and the server warns once. The reason why a database
 * is unusable names its address, so it is for the server's output alone.
 */
function handlerOf(ports: LocalPorts, local: LocalTenant): (request: Request) => Promise<Response> {
  const warned = new Set<string>();
  return async (request) => {
    try {
      return await local.handle(request);
    } catch (error) {
      if (!isAnonError(error)) return local.outage(request);
      if (!warned.has(error.message)) ports.warn(error.message);
      warned.add(error.message);
      return local.outage(request, 'file' in ports.state ? error.message : undefined);
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
