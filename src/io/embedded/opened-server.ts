import { AnonError } from '../../errors.ts';
import type { Listening } from '../../local/http/listen.ts';
import type { LocalTenant } from '../../local/open-tenant.ts';
import type { ServedAt } from '../../wire/state-call.ts';
import type { WorldGuestTokens } from '../../wire/tenant-world.ts';
import type { ControlAddress } from './control-address.ts';
import { announceControl } from './control-file.ts';
import { bare } from './host-names.ts';
import type { ServeOptions } from './local-server.ts';
import { putWorld } from './local-worlds.ts';
import type { LocalPorts } from './ports.ts';
import {
  ephemeralServingCertificate,
  ownServingCertificate,
  type ServingCertificate,
  servingCertificate,
} from './serving-certificate.ts';
import { type ServingLock, servingLock } from './serving-lock.ts';
import { openLocal } from './tenant.ts';

/** What a server answers with. */
export interface OpenedServer {
  readonly local: LocalTenant;
  /** Undefined over plain HTTP. */
  readonly certificate: ServingCertificate | undefined;
  /** Takes the issuer and announces the control endpoints, once the server listens. @throws {AnonError} `failed` */
  begin(place: ServingPlace): Promise<void>;
  /** The guests of its world. Their tokens have the issuer that `begin` has taken. */
  guests(): Promise<readonly WorldGuestTokens[]>;
  /** Frees what other servers of the state, and commands, see of this one. */
  release(): Promise<void>;
  close(): Promise<void>;
}

interface ServingPlace {
  readonly listening: Listening;
  readonly issuer: string;
  readonly controlled: ControlAddress | undefined;
}

interface Opening {
  /** The domain of a tenant that has no issuer yet. */
  readonly domain: string | undefined;
  /** The issuer that the server is to take, given the tenant's own. */
  readonly issuer: (before: string) => string;
  readonly control: Pick<ControlAddress, 'token'> | undefined;
  /** The host names that are served. */
  readonly hosts: () => readonly string[];
  readonly stopping: AbortSignal;
}

/** Opens the tenant, and what is presented over HTTPS. @throws as {@link import('./server.ts').serveLocal} */
export async function openServer(
  ports: LocalPorts,
  options: ServeOptions,
  { domain, issuer, control, hosts, stopping }: Opening,
): Promise<OpenedServer> {
  const { edition, seedRandom, rateLimit, plainHttp, autoLogin, onServed, explain, world } = options;
  let servedAt: ServedAt = { url: '', ca: null };
  // Whoever has the state has its keys, so not without a token.
  const isShared = 'memory' in ports.state && control?.token !== undefined;
  const made =
    plainHttp || options.ownCertificate
      ? undefined
      : await madeCertificate(ports, () => hosts().map(bare), options.alsoTrusted);
  const ends: (() => Promise<void> | void)[] = [() => made?.remove?.()];
  const close = async () => {
    for (let end = ends.pop(); end; end = ends.pop()) await end();
  };
  try {
    const local = await openLocal(ports, {
      ...{ domain, edition, seedRandom, rateLimit, plainHttp, autoLogin, onServed, control, explain, stopping },
      servedAt: isShared ? () => servedAt : undefined,
    });
    ends.push(() => local.close());
    const guests = world && (await putWorld(local, world, ports.actionLimits));
    const certificate = made ?? (await ownCertificateFor(ports, options, issuer(local.issuer)));
    const releases: (() => Promise<void> | void)[] = [];
    return {
      ...{ local, certificate, close },
      async begin({ listening, issuer: taken, controlled }) {
        servedAt = { url: listening.url, ca: certificate?.authority ?? null };
        const lock = await servingLock(ports);
        releases.push(() => lock.release());
        await takeIssuer(local, lock, taken);
        // Clients should not be the first to notice that there is no certificate.
        await certificate?.current();
        if (controlled) releases.push(await announceControl(ports, listening.port, controlled));
      },
      guests: async () => (await guests?.()) ?? [],
      async release() {
        for (let free = releases.pop(); free; free = releases.pop()) await free();
      },
    };
  } catch (error) {
    // What was begun in the background must not write after the command has ended.
    await made?.current().catch(() => {});
    await close();
    throw error;
  }
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

function ownCertificateFor(
  ports: LocalPorts,
  { ownCertificate }: ServeOptions,
  issuer: string,
): Promise<ServingCertificate> | undefined {
  return ownCertificate && ownServingCertificate(ports, ownCertificate, bare(new URL(issuer).hostname));
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
