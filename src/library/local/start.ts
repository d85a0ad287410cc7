import { listApps } from '../../domain/app/read.ts';
import { ensureApiOpen, ensureAppOpen } from '../../domain/gates/set-up.ts';
import { AnonError } from '../../errors.ts';
import { editionNames } from '../../wire/edition/edition.ts';
import { sampleApi } from '../../wire/sample.ts';
import { systemClock } from '../connection.ts';
import { startClock, tenantClock } from './clock-of-state.ts';
import { connectionTo } from './connection.ts';
import { inProcessFetch } from './fetch.ts';
import { recorder } from './requests.ts';
import { localTenant } from './running.ts';
import type { LocalTenant, LocalTenantOptions } from './tenant.ts';

/**
 * Starts a local tenant in the memory of this process. It listens on this machine only, and saves nothing. Guests of its sample
 * application may use its sample API.
 *
 * ```js
 * await using tenant = await startLocalTenant({ edition: "ea" });
 * const { accessToken } = await tenant.createGuest();
 * ```
 * @throws an error for which `isAnonError` is true: `failed` when the port is taken, `usage` for invalid options
 */
export async function startLocalTenant(options: LocalTenantOptions = {}): Promise<LocalTenant> {
  checkOptions(options);
  const {
    edition = 'preview',
    https = false,
    listen = true,
    port = 0,
    autoLogin,
    closed = false,
    seedRandom,
  } = options;
  const record = recorder(() => clock.now());
  const { serveMemory } = await import('../../io/embedded/memory-server.ts');
  const server = await serveMemory({
    ...{ edition, https, autoLogin, seedRandom, onServed: record.add },
    clock: systemClock.now,
    port: listen ? port : undefined,
  });
  const clock = tenantClock(server.tenant);
  try {
    await startClock(clock, options.clock);
    const management = await server.tenant.managementCredentials();
    const fetch = inProcessFetch(server.url, server.tenant.handleUnreported);
    const connect = () => connectionTo({ url: server.url, edition, management, clock }, fetch);
    const clientId = closed ? await sampleClientId(connect) : await openSample(connect);
    const known = { edition, management, clientId, audience: sampleApi.identifier };
    return localTenant({ ...known, server, clock, record, connect, fetch });
  } catch (error) {
    await server.close();
    throw error;
  }
}

type Connect = () => ReturnType<typeof connectionTo>;

async function sampleClientId(connect: Connect): Promise<string> {
  const [app] = await listApps(connect());
  return app?.clientId ?? '';
}

/** Opens all gates, as the quickstart does. Returns the client id of the application. */
async function openSample(connect: Connect): Promise<string> {
  const tenant = connect();
  const { subject: app } = await ensureAppOpen(tenant, undefined);
  await ensureApiOpen(tenant, app, undefined);
  return app.clientId;
}

/** A program without types may pass anything. */
function checkOptions({ edition, port, seedRandom }: LocalTenantOptions): void {
  if (edition !== undefined && !editionNames.includes(edition)) {
    throw new AnonError('usage', `edition must be one of ${editionNames.join(', ')}.`);
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new AnonError('usage', 'port must be a number from 0 to 65535.');
  }
  if (seedRandom !== undefined && !(Number.isInteger(seedRandom) && seedRandom >= 0 && seedRandom < 1e15)) {
    throw new AnonError('usage', 'seedRandom must be a whole number from 0 to 999999999999999.');
  }
}
