import { AnonError, isAnonError } from '../../errors.ts';
import type { Connection } from '../../local/http/connection.ts';
import type { Listening } from '../../local/http/listen.ts';
import type { TlsCertificate } from '../../local/http/tls.ts';
import { authorityPath } from '../certificates/paths.ts';
import { exists } from '../files/files.ts';
import { controlAccess, controlAddress } from './control-address.ts';
import { namesIn, namesOf } from './host-names.ts';
import type { LocalServer, ServeOptions, StartValues } from './local-server.ts';
import { issuerFor, localhostAt, localPort, portIn } from './localhost.ts';
import type { OpenedServer } from './opened-server.ts';
import type { LocalPorts } from './ports.ts';
import { type SavedStart, startToRepeat, stateId } from './saved-start.ts';
import type { ServedState } from './state-address.ts';

const defaultPort = 4400;

/**
 * Serves the local tenant over HTTPS and HTTP, by default on the loopback interface. A given port or domain makes the issuer,
 * `https://localhost:PORT/` or `https://DOMAIN/`, which is saved; otherwise the issuer is the saved one. In a database, which
 * several instances serve at different ports, a port makes the issuer of a new tenant only.
 *
 * Where nothing has changed since a start that found everything in order, the server listens first, and its caller opens the
 * tenant with `open`.
 * @throws {AnonError} `failed` where the port is taken, or another process serves the tenant as another issuer;
 * `usage` for a state that another process serves; `edition_unsupported`; the errors of {@link import('./tenant.ts').openLocal};
 * `state_unusable` or `usage` for a certificate that cannot be used
 */
export async function serveLocal(ports: LocalPorts, options: ServeOptions): Promise<LocalServer> {
  const { state } = ports;
  if ('served' in state) throw servedAlready(state);
  const { port, domain, address, plainHttp, values } = options;
  const isNew = 'file' in state && !exists(state.file);
  const control = controlAccess(options.control);
  // Needed before the state exists, which is then created with it.
  const given = domain ?? (port ? localhostAt(port) : undefined);
  const names = [...(options.hosts ?? []), ...namesOf(address)];
  const saved = startToRepeat(ports, options, names);
  const known = saved?.issuer ?? (given === undefined ? undefined : `https://${given}/`);
  let opened: OpenedServer | undefined;
  const hosts = () => [...names, ...namesIn(opened?.local.issuer ?? known)];
  const wantedPort = (issuer: string) => port ?? portIn(domain) ?? localPort(issuer) ?? defaultPort;
  const issuerAt = (taken: number, before: string) => issuerFor(ports, options, taken) ?? before;
  const report = warnedOnce(ports);
  const stopping = new AbortController();
  const open = once(async () => {
    const { openServer } = await import('./opened-server.ts');
    opened = await openServer(ports, options, {
      ...{ domain: given, control, hosts, stopping: stopping.signal },
      issuer: (before) => issuerAt(wantedPort(before), before),
    });
    return opened;
  });
  let begin: Once<OpenedServer> | undefined;
  let listening: Listening | undefined;
  const close = async () => {
    stopping.abort();
    await begin?.settled();
    await opened?.release();
    await listening?.close();
    // The last request may have begun to open it.
    await open.settled();
    await opened?.close();
  };
  try {
    const before = saved?.issuer ?? (await open()).local.issuer;
    const wanted = wantedPort(before);
    const { listen } = await import('../../local/http/listen.ts');
    const server = await listen(handlerOf(ports, open, report), wanted, {
      hosts,
      certificate: plainHttp ? undefined : async () => currentCertificate(await open()),
      ...(address !== undefined && { addresses: [address] }),
    }).catch(async (error) => {
      // A tenant that was never served has no address yet, and the next start tries the usual one.
      if (isNew && given !== undefined) await opened?.local.setIssuer(`https://${localhostAt(defaultPort)}/`);
      throw (await import('./listen-failure.ts')).listenFailure(wanted, options, error);
    });
    listening = server;
    const issuer = issuerAt(server.port, before);
    const controlled = controlAddress(server, control);
    const beginning = once(async () => {
      const begun = await open();
      await begun.begin({ listening: server, issuer, controlled });
      return begun;
    });
    begin = beginning;
    let last: { readonly state: string | undefined; readonly values: StartValues | undefined } | undefined;
    const found = async () => {
      const [{ local }, { shownObjects }] = [await beginning(), await import('./guest-objects.ts')];
      // Before they are read: a later change then has another id.
      const id = 'file' in state ? stateId(state.file) : undefined;
      last = { state: id, values: await values?.find(shownObjects(await local.guestObjects())) };
      return last.values;
    };
    const start = saved ? repeated(saved, ports, options) : await startOf(await beginning());
    return {
      ...server,
      ...start,
      issuer,
      // Nobody knew the first issuer of a state in memory.
      issuerBefore: issuer === before || 'memory' in state ? undefined : before,
      control: controlled,
      async values() {
        if (saved) return saved.values ?? undefined;
        return found().catch((error) => {
          if (!isAnonError(error)) throw error;
          report(error);
          return undefined;
        });
      },
      open: async () => void (await beginning()),
      async save() {
        if (!opened || !values || !('file' in state)) return;
        const { saveStart } = await import('./save-start.ts');
        // With thousands of applications, looking at all of them again takes long.
        const valuesIn = async (id: string) => (last?.state === id ? last.values : found());
        const start = { local: opened.local, key: values.key, values: valuesIn };
        await saveStart(state.file, ports.certificates, start).catch(report);
      },
      async warmUp() {
        await Promise.all([server.warmUp(), (await beginning()).local.warmUp()]);
      },
      close,
    };
  } catch (error) {
    // What was begun in the background must not write after the command has ended.
    await opened?.certificate?.current().catch(() => {});
    await close();
    throw error;
  }
}

function servedAlready({ displayed }: ServedState): AnonError {
  return new AnonError('usage', `The local tenant is served already, at ${new URL(displayed).origin}.`, {
    hint: 'For a new one: anon-cli local start --ephemeral --port 0. For the one that is saved on this machine: unset ANON_DATABASE_URL.',
  });
}

type Start = Pick<LocalServer, 'edition' | 'authority' | 'predictable' | 'guests'>;

function repeated(
  { edition, predictable }: SavedStart,
  { certificates }: LocalPorts,
  { plainHttp }: ServeOptions,
): Start {
  return { edition, predictable, authority: plainHttp ? undefined : authorityPath(certificates), guests: [] };
}

async function startOf({ local, certificate, guests }: OpenedServer): Promise<Start> {
  return {
    edition: await local.edition(),
    authority: certificate?.authority,
    predictable: local.randomness.predictable,
    guests: await guests(),
  };
}

function currentCertificate({ certificate }: OpenedServer): Promise<TlsCertificate> {
  if (!certificate) throw new Error('a server over plain HTTP has no certificate');
  return certificate.current();
}

/** Calls `work` at the first call, and returns its result for every call. */
interface Once<Result> {
  (): Promise<Result>;
  /** Waits for `work`, if it was called. */
  settled(): Promise<void>;
}

function once<Result>(work: () => Promise<Result>): Once<Result> {
  let begun: Promise<Result> | undefined;
  const call = () => {
    begun ??= work();
    return begun;
  };
  return Object.assign(call, { settled: async () => void (await begun?.catch(() => {})) });
}

/**
 * An unusable state doesn't stop the server: each client gets the reason, and the server warns once. The reason why a database
 * is unusable names its address, so it is for the server's output alone.
 */
function handlerOf({ state }: LocalPorts, open: () => Promise<OpenedServer>, report: (error: unknown) => void) {
  let local: OpenedServer['local'] | undefined;
  return async (request: Request, connection: Connection): Promise<Response> => {
    local ??= (await open()).local;
    try {
      return await local.handle(request, connection);
    } catch (error) {
      report(error);
      return local.outage(request, isAnonError(error) && 'file' in state ? error.message : undefined);
    }
  };
}

/** Warns of an error that the user can do something about, unless it was reported before. */
function warnedOnce({ warn }: Pick<LocalPorts, 'warn'>): (error: unknown) => void {
  const warned = new Set<string>();
  return (error) => {
    if (!isAnonError(error) || warned.has(error.message)) return;
    warned.add(error.message);
    warn(error.message);
  };
}
