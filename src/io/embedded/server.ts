import { AnonError, isAnonError } from '../../errors.ts';
import type { Connection } from '../../local/http/connection.ts';
import type { Listening } from '../../local/http/listen.ts';
import type { RateLimit } from '../../local/http/rate-limit.ts';
import type { Explain, ServedRequest } from '../../local/http/served-request.ts';
import type { LocalTenant } from '../../local/open-tenant.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { ServedAt } from '../../wire/state-call.ts';
import type { WorldGuestTokens } from '../../wire/tenant-world.ts';
import { exists } from '../files/files.ts';
import {
  announceControl,
  type ControlAddress,
  type ControlPolicy,
  controlAccess,
  controlAddress,
} from './control-file.ts';
import { shownObjects } from './guest-objects.ts';
import { bare, namesIn, namesOf } from './host-names.ts';
import { listenFailure } from './listen-failure.ts';
import { putWorld, type WorldToServe } from './local-worlds.ts';
import { localhostAt, localPort } from './localhost.ts';
import type { LocalPorts } from './ports.ts';
import {
  ephemeralServingCertificate,
  type OwnFiles,
  ownServingCertificate,
  type ServingCertificate,
  servingCertificate,
} from './serving-certificate.ts';
import { type ServingLock, servingLock } from './serving-lock.ts';
import type { ServedState } from './state-address.ts';
import { openLocal } from './tenant.ts';

export interface LocalServer extends Listening {
  readonly issuer: string;
  /** The previous issuer, where it changed. */
  readonly issuerBefore: string | undefined;
  /** The edition at the start; a reset by another process may change it. */
  readonly edition: EditionName;
  /** The file with the certificate that clients must trust; undefined over plain HTTP and with a certificate of the user's own. */
  readonly authority: string | undefined;
  /** Everything it makes follows from a seed. */
  readonly predictable: boolean;
  /** The guests of its world. */
  readonly guests: readonly WorldGuestTokens[];
  /** Undefined where the control endpoints are off or cannot be reached from this machine. */
  readonly control: ControlAddress | undefined;
  /** The applications and APIs of the tenant that it serves. */
  guestObjects(): Promise<ReturnType<typeof shownObjects>>;
}

export interface ServeOptions {
  /** 0 is any free port; the default is the domain's, or the issuer's on localhost. */
  readonly port?: number | undefined;
  /** A host, with a port other than 443. */
  readonly domain?: string | undefined;
  /** An IP address of this machine, or `0.0.0.0` or `::` for all; by default only this machine can connect. */
  readonly address?: string | undefined;
  readonly edition?: EditionName | undefined;
  /** For a state in memory: makes it predictable, for tests. */
  readonly seedRandom?: number | undefined;
  /** For a state in memory: what it has from the first request on. */
  readonly world?: WorldToServe | undefined;
  readonly rateLimit?: RateLimit | undefined;
  /** The id of a user who is logged in where the login page would appear. */
  readonly autoLogin?: string | undefined;
  /** Host names to accept beside `localhost`, its addresses and the issuer's host. */
  readonly hosts?: readonly string[] | undefined;
  /** Nobody by default. */
  readonly control?: ControlPolicy;
  /** Called after every response but those of /health and of the control endpoints. */
  readonly onServed?: ((served: ServedRequest) => void) | undefined;
  /** Explains refusals to those who read the recorded requests. */
  readonly explain?: Explain | undefined;
  /** Plain HTTP alone, without certificates. */
  readonly plainHttp?: boolean | undefined;
  /** In place of a certificate of the local tenant's authority. */
  readonly ownCertificate?: OwnFiles | undefined;
  /** For a state in memory: certificates for the authority's file, in PEM, beside the authority's. */
  readonly alsoTrusted?: string | undefined;
}

const defaultPort = 4400;

/**
 * Serves the local tenant over HTTPS and HTTP, by default on the loopback interface. A given port or domain makes the issuer,
 * `https://localhost:PORT/` or `https://DOMAIN/`, which is saved; otherwise the issuer is the saved one. In a database, which
 * several instances serve at different ports, a port makes the issuer of a new tenant only.
 * @throws {AnonError} `failed` where the port is taken, or another process serves the tenant as another issuer;
 * `usage` for a state that another process serves; `edition_unsupported`; the errors of {@link openLocal}; `state_unusable` or `usage` for a certificate that cannot be used
 */
export async function serveLocal(ports: LocalPorts, options: ServeOptions): Promise<LocalServer> {
  if ('served' in ports.state) throw servedAlready(ports.state);
  const { port, domain, address, rateLimit, edition, seedRandom, plainHttp, autoLogin, onServed, explain } = options;
  const { listen } = await import('../../local/http/listen.ts');
  const isNew = 'file' in ports.state && !exists(ports.state.file);
  // Needed before the state exists, which is then created with it.
  const given = domain ?? (port ? localhostAt(port) : undefined);
  const names = [...(options.hosts ?? []), ...namesOf(address)];
  let issuer = () => (given === undefined ? undefined : `https://${given}/`);
  const hosts = () => [...names, ...namesIn(issuer())];
  const made =
    plainHttp || options.ownCertificate
      ? undefined
      : await madeCertificate(ports, () => hosts().map(bare), options.alsoTrusted);
  const opened: (() => Promise<void> | void)[] = [() => made?.remove?.()];
  const stopping = new AbortController();
  const close = async () => {
    stopping.abort();
    for (let end = opened.pop(); end; end = opened.pop()) await end();
  };
  try {
    const control = controlAccess(options.control);
    let servedAt: ServedAt = { url: '', ca: null };
    // Whoever has the state has its keys, so not without a token.
    const isShared = 'memory' in ports.state && control?.token !== undefined;
    const local = await openLocal(ports, {
      domain: given,
      edition,
      seedRandom,
      rateLimit,
      plainHttp,
      autoLogin,
      onServed,
      control,
      explain,
      servedAt: isShared ? () => servedAt : undefined,
      stopping: stopping.signal,
    });
    opened.push(() => local.close());
    const guestTokens = options.world && (await putWorld(local, options.world, ports.actionLimits));
    const before = local.issuer;
    issuer = () => local.issuer;
    const wanted = port ?? portIn(domain) ?? localPort(before) ?? defaultPort;
    const certificate = made ?? (await ownCertificateFor(ports, options, issuerFor(ports, options, wanted) ?? before));
    const listening = await listen(handlerOf(ports, local), wanted, {
      hosts,
      certificate: certificate?.current,
      ...(address !== undefined && { addresses: [address] }),
    }).catch(async (error) => {
      // A tenant that was never served has no address yet, and the next start tries the usual one.
      if (isNew && given !== undefined) await local.setIssuer(`https://${localhostAt(defaultPort)}/`);
      throw listenFailure(wanted, options, error);
    });
    opened.push(listening.close);
    servedAt = { url: listening.url, ca: certificate?.authority ?? null };
    const lock = await servingLock(ports);
    opened.push(() => lock.release());
    await takeIssuer(local, lock, issuerFor(ports, options, listening.port) ?? before);
    // Clients should not be the first to notice that there is no certificate.
    await certificate?.current();
    const controlled = controlAddress(listening, control);
    if (controlled) opened.push(await announceControl(ports, listening.port, controlled));
    return {
      ...listening,
      issuer: local.issuer,
      // Nobody knew the first issuer of a state in memory.
      issuerBefore: local.issuer === before || 'memory' in ports.state ? undefined : before,
      edition: await local.edition(),
      authority: certificate?.authority,
      predictable: local.randomness.predictable,
      // Their issuer is final only now.
      guests: (await guestTokens?.()) ?? [],
      control: controlled,
      guestObjects: async () => shownObjects(await local.guestObjects()),
      async warmUp() {
        await Promise.all([listening.warmUp(), local.warmUp()]);
      },
      close,
    };
  } catch (error) {
    // What was begun in the background must not write after the command has ended.
    await made?.current().catch(() => {});
    await close();
    throw error;
  }
}

function servedAlready({ displayed }: ServedState): AnonError {
  return new AnonError('usage', `The local tenant is served already, at ${new URL(displayed).origin}.`, {
    hint: 'For a new one: anon-cli local start --ephemeral --port 0. For the one that is saved on this machine: unset ANON_DATABASE_URL.',
  });
}

function madeCertificate(
  ports: LocalPorts,
  names: () => readonly string[],
  alsoTrusted: string | undefined,
): Promise<ServingCertificate> {
  return 'memory' in ports.state
    ? ephemeralServingCertificate(ports, { names: names(), alsoTrusted })
    : servingCertificate(ports, names);
}

function issuerFor({ state }: LocalPorts, { port, domain }: ServeOptions, taken: number): string | undefined {
  if (domain !== undefined) return `https://${domain}/`;
  return port === undefined || 'postgres' in state ? undefined : `https://${localhostAt(taken)}/`;
}

function ownCertificateFor(
  ports: LocalPorts,
  { ownCertificate }: ServeOptions,
  issuer: string,
): Promise<ServingCertificate> | undefined {
  return ownCertificate && ownServingCertificate(ports, ownCertificate, bare(new URL(issuer).hostname));
}

/** The port after a domain, other than 443. */
function portIn(domain: string | undefined): number | undefined {
  return Number(domain === undefined ? '' : new URL(`https://${domain}`).port) || undefined;
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
    hint: `Stop it first (anon-cli local stop), or use the same issuer: anon-cli local start --port 0 --domain ${host}`,
  });
}

/**
 * An unusable state doesn't stop the server: each client gets the reason, and the server warns once. The reason why a database
 * is unusable names its address, so it is for the server's output alone.
 */
function handlerOf(ports: LocalPorts, local: LocalTenant) {
  const warned = new Set<string>();
  return async (request: Request, connection: Connection): Promise<Response> => {
    try {
      return await local.handle(request, connection);
    } catch (error) {
      if (!isAnonError(error)) return local.outage(request);
      if (!warned.has(error.message)) ports.warn(error.message);
      warned.add(error.message);
      return local.outage(request, 'file' in ports.state ? error.message : undefined);
    }
  };
}
