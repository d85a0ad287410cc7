import { basename, resolve } from 'node:path';
import { AnonError, withHint } from '../../errors.ts';
import type { Action, NewAction } from '../../local/actions/action.ts';
import type { Listening } from '../../local/http/listen.ts';
import type { ServedRequest } from '../../local/http/served-request.ts';
import type { TlsCertificate } from '../../local/http/tls.ts';
import type { MemoryTenant } from '../../local/memory-tenant.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { WorldGuestTokens } from '../../wire/tenant-world.ts';
import type { ClosableRunner } from '../actions/action-runner.ts';
import type { WorkerLimits } from '../actions/action-worker.ts';
import { lazyRunner } from '../actions/lazy-runner.ts';
import { listenFailure } from './listen-failure.ts';
import { filePath, putWorld, type WorldToServe } from './local-worlds.ts';
import { localhostAt } from './localhost.ts';
import { databasePorts } from './ports.ts';

export interface MemoryServerOptions {
  /** This machine's time, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly edition: EditionName | undefined;
  /** Makes the tenant predictable, for tests. */
  readonly seedRandom?: number | undefined;
  /** 0 is any free port; undefined: nothing listens. */
  readonly port: number | undefined;
  /** Serve HTTPS too, with a certificate that is not saved. */
  readonly https: boolean;
  readonly autoLogin: string | undefined;
  /** Called after every response but those of /health. */
  readonly onServed: (served: ServedRequest) => void;
  readonly actionLimits?: Partial<WorkerLimits> | undefined;
}

export interface MemoryServer {
  readonly tenant: MemoryTenant;
  /** Where it listens, or the origin of its issuer where nothing listens. */
  readonly url: string;
  /** The certificate that clients must trust, in PEM; undefined over plain HTTP. */
  readonly authority: string | undefined;
  /** Adds the Action in a file, by default with the file's name. @throws {AnonError} `usage` */
  addAction(added: WantedAction): Promise<Action>;
  /** Puts a world into the tenant, which is new, and returns its guests. */
  seed(world: WorldToServe): Promise<readonly WorldGuestTokens[]>;
  close(): Promise<void>;
}

export type WantedAction = Omit<NewAction, 'name' | 'file'> & {
  readonly name: string | undefined;
  readonly file: string | URL;
};

/**
 * A new tenant in the memory of this process, served to this machine. Nothing is saved.
 * @throws {AnonError} `failed` where the port is taken
 */
export async function serveMemory(options: MemoryServerOptions): Promise<MemoryServer> {
  const { clock, edition, seedRandom, port, https, autoLogin, onServed } = options;
  const actions = lazyRunner(options.actionLimits);
  const secured = https && port !== undefined ? await newCertificate(clock()) : undefined;
  const { ready, handle } = laterHandler();
  const listening = port === undefined ? undefined : await listenAt(port, handle, secured?.server);
  try {
    const { openMemoryTenant } = await import('../../local/memory-tenant.ts');
    const domain = listening && localhostAt(listening.port);
    const plainHttp = listening && !secured;
    const tenant = await openMemoryTenant(
      { clock, domain, edition, seedRandom, plainHttp, autoLogin, onServed, runAction: actions.run },
      databasePorts(() => {}),
    );
    ready(tenant);
    return {
      tenant,
      url: listening?.url ?? new URL(tenant.issuer).origin,
      authority: secured?.authority,
      addAction: (added) => addAction(tenant, actions, added),
      seed: async (world) => (await putWorld(tenant, world, options.actionLimits))(),
      async close() {
        await listening?.close();
        await actions.close();
        await tenant.close();
      },
    };
  } catch (error) {
    await listening?.close();
    throw error;
  }
}

/** The port is part of the issuer, so it is taken before there is a tenant: until then, requests wait. */
function laterHandler() {
  let ready: (tenant: MemoryTenant) => void = () => {};
  const tenant = new Promise<MemoryTenant>((resolve) => {
    ready = resolve;
  });
  return { ready, handle: async (request: Request) => (await tenant).handle(request) };
}

async function newCertificate(now: number) {
  return (await import('../certificates/unsaved.ts')).unsavedCertificate(now);
}

async function listenAt(
  port: number,
  handle: (request: Request) => Promise<Response>,
  certificate: TlsCertificate | undefined,
): Promise<Listening> {
  const { listen } = await import('../../local/http/listen.ts');
  return listen(handle, port, { certificate: certificate && (async () => certificate) }).catch((error) => {
    throw withHint(listenFailure(port, {}, error), 'Leave port out: a free one is chosen.');
  });
}

async function addAction(
  tenant: MemoryTenant,
  actions: Pick<ClosableRunner, 'check'>,
  { name: given, trigger, file: wanted, secrets }: WantedAction,
): Promise<Action> {
  const path = wanted instanceof URL ? filePath(wanted) : wanted;
  if (!path) throw new AnonError('usage', 'addAction needs the path of a file, or a file: URL.');
  const file = resolve(path);
  const problem = await actions.check(trigger, file);
  if (problem !== undefined) throw new AnonError('usage', `${path} is not an Action: ${problem}.`);
  const name = given ?? basename(file).replace(/\.[^.]+$/, '');
  const added = await tenant.addAction({ name, trigger, file, secrets });
  if (added) return added;
  throw new AnonError('usage', `Action '${name}' already exists for ${trigger}.`, { hint: 'Give it another name.' });
}
