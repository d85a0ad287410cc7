import { AnonError } from '../errors.ts';
import type { Listening } from '../local/listen.ts';
import type { RateLimit } from '../local/rate-limit.ts';
import type { EditionName } from '../wire/edition/edition.ts';
import { codeOf } from './files.ts';
import { type LocalPorts, openLocal } from './local-tenant.ts';

export interface LocalServer extends Listening {
  readonly issuer: string;
  /** What it speaks as it begins; a reset by another process may change that. */
  readonly edition: EditionName;
}

export interface ServeOptions {
  readonly port: number;
  readonly rateLimit: RateLimit | undefined;
  /** Names under which it is served beside `localhost`, its addresses and the host of its issuer. */
  readonly hosts?: readonly string[] | undefined;
}

/**
 * Serves the local tenant's state over HTTP on the loopback interface. Its issuer is that of the port.
 * @throws {AnonError} `failed` when the port cannot be had
 */
export async function serveLocal(ports: LocalPorts, options: ServeOptions): Promise<LocalServer> {
  const { listen } = await import('../local/listen.ts');
  // The port is known only once it is taken, and the issuer names it: so the tenant is opened after that.
  let handle: (request: Request) => Promise<Response> = async () => new Response(null, { status: 503 });
  let issuerHosts: readonly string[] = [];
  const hosts = () => [...(options.hosts ?? []), ...issuerHosts];
  const listening = await listen((request) => handle(request), options.port, { hosts }).catch((error) => {
    throw cannotListen(options.port, error);
  });
  try {
    const local = await openLocal(ports, { domain: `localhost:${listening.port}`, rateLimit: options.rateLimit });
    handle = local.handle;
    issuerHosts = [new URL(local.issuer).hostname];
    return {
      ...listening,
      issuer: local.issuer,
      edition: local.edition(),
      async close() {
        await listening.close();
        local.close();
      },
    };
  } catch (error) {
    await listening.close();
    throw error;
  }
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
