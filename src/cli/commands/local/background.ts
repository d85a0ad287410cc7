import { AnonError, interrupted, isAnonError, reworded } from '../../../errors.ts';
import type { StartValues } from '../../../io/embedded/local-server.ts';
import type { ServedRequest } from '../../../local/http/served-request.ts';
import type { GlobalOptions } from '../../options/global.ts';
import type { Context } from '../../world/context.ts';
import type { RequestLog } from './request-log.ts';
import { type Exposing, placeWarning, startWarnings } from './serving-options.ts';
import { printReady, type Ready, type Started } from './start-screen.ts';

/** Starts a server in the background, and prints what it reports once it listens, or why it does not. */
export async function detach(context: Context, options: GlobalOptions & Exposing): Promise<void> {
  const { signal } = context;
  const { report, log } = await context.startDetached();
  if (signal.aborted) throw interrupted();
  const { ready, failure } = (report ?? {}) as Partial<Report>;
  if (failure) throw new AnonError(failure.code, failure.message, { hint: failure.hint });
  if (!ready) throw new AnonError('failed', 'The server ended before it listened.', { hint: `Its log: ${log}` });
  for (const warning of startWarnings(ready.server, options)) context.warn(warning);
  printReady(context, options, ready);
  // The server itself would write it to its log.
  if (options.domain !== undefined && !options.http) await warnOfPlace(context, ready.server, signal);
}

/** Once the server listens: a lookup may take seconds. */
export async function warnOfPlace(
  { placeOf, warn }: Context,
  server: Parameters<typeof placeWarning>[0],
  signal: AbortSignal,
): Promise<void> {
  const { hostname } = new URL(server.issuer);
  if (hostname === 'localhost' || /^[\d.]+$|^\[/.test(hostname)) return;
  const problem = placeWarning(server, await placeOf(hostname, signal));
  if (problem !== undefined && !signal.aborted) warn(problem);
}

/** A server that starts. Where another server of this user has its port, the error names that one. */
export async function withRunning<Server>(context: Context, serving: Promise<Server>): Promise<Server> {
  try {
    return await serving;
  } catch (error) {
    const { code, port } = ((error as Error).cause ?? {}) as { code?: unknown; port?: unknown };
    if (code !== 'EADDRINUSE' || !isAnonError(error)) throw error;
    const running = await context.servers().then(
      (servers) => servers.list(),
      () => [],
    );
    const other = running.find((server) => server.port === port);
    if (!other) throw error;
    const hint = `A server of the local tenant runs there: anon-cli local status. To stop it: anon-cli local stop --port ${port}`;
    throw reworded(error, { hint });
  }
}

/** What a server tells the command that started it: one of the two. */
interface Report {
  readonly ready: Ready;
  readonly failure: Pick<AnonError, 'code' | 'message' | 'hint'>;
}

async function tell(report: Partial<Report>): Promise<void> {
  (await import('../../../io/embedded/detached.ts')).reportToStarter(report);
}

/** Serves, and tells the command that started this server where it fails. */
export async function reportingFailure(serve: () => Promise<void>): Promise<void> {
  try {
    await serve();
  } catch (error) {
    if (isAnonError(error)) await tell({ failure: { code: error.code, message: error.message, hint: error.hint } });
    throw error;
  }
}

/** Tells the command that started this server that it listens, and what an app needs of it. */
export async function reportStart(
  { server, ...started }: Started,
  values: () => Promise<StartValues | undefined>,
): Promise<void> {
  const { url, port, issuer, issuerBefore, edition, authority, predictable, guests, control } = server;
  await tell({
    ready: {
      ...started,
      server: { url, port, issuer, issuerBefore, edition, authority, predictable, guests, control },
      values: await values(),
    },
  });
}

/** Records a server for `local status` and `local stop`. One in memory writes nothing, unless only these commands can end it. */
export async function recordServer(
  context: Context,
  { server, state, ephemeral, detached }: Started,
): Promise<{ remove(): void } | undefined> {
  if (ephemeral && !detached) return undefined;
  const { url, port, issuer, edition } = server;
  try {
    const servers = await context.servers();
    return servers.record({ url, port, issuer, edition, ...state, detached, startedAt: context.clock.now() });
  } catch (error) {
    // In a terminal it can be seen and ended without a record.
    if (detached || !isAnonError(error)) throw error;
    return undefined;
  }
}

/** How often the length of the log is looked at, in requests. */
const lookEvery = 500;

/** The log of a server that nobody watches, which may run for weeks. */
export async function bounded(log: RequestLog): Promise<(served: ServedRequest) => void> {
  const { shortenLog } = await import('../../../io/embedded/detached.ts');
  let count = 0;
  return (served) => {
    count += 1;
    if (count % lookEvery === 0) shortenLog();
    log.add(served);
  };
}
