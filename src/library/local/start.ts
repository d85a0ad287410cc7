import { chooseRequestingApp, type RequestingApp } from '../../domain/app/find.ts';
import { listApps } from '../../domain/app/read.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { tenantTime } from '../../domain/exchange/tenant-time.ts';
import { ensureApiOpen, ensureAppOpen } from '../../domain/gates/set-up.ts';
import { AnonError } from '../../errors.ts';
import { editionNames } from '../../wire/edition/edition.ts';
import { sampleApi } from '../../wire/sample.ts';
import type { WorldGuestTokens } from '../../wire/tenant-world.ts';
import { systemClock, tenantAt } from '../connection.ts';
import { checkMembers, type Members } from '../members.ts';
import type { ClockStart } from './clock.ts';
import { startClock, tenantClock } from './controls.ts';
import { inProcessFetch } from './fetch.ts';
import { recorder } from './requests.ts';
import { localTenant } from './running.ts';
import type { LocalTenant, LocalTenantOptions } from './tenant.ts';
import type { LocalGuest } from './world.ts';

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
  const { https = false, listen = true, port = 0, autoLogin, closed = false, seedRandom, seed } = options;
  const world =
    seed === undefined ? undefined : await (await import('./read-world.ts')).readWorldFor(seed, options.edition);
  const edition = world?.edition ?? options.edition ?? 'preview';
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
    const guests = world ? guestsByName(await server.seed(world.serving)) : {};
    // What the world has done to the clock.
    if (world) await server.tenant.ready();
    const management = await server.tenant.managementCredentials();
    const fetch = inProcessFetch(server.url, server.tenant.handleUnreported);
    const connect = () => connectionTo({ url: server.url, edition, management, clock }, fetch);
    const isOpened = !closed && world?.app === undefined && world?.api === undefined;
    if (isOpened) await openSample(connect);
    const app = await chosenApp(connect, world?.app);
    const clientId = app?.clientId ?? '';
    const audience = world?.api ?? sampleApi.identifier;
    const known = { edition, management, clientId, audience, guests };
    return localTenant({
      ...known,
      clientSecret: app?.authMethod === 'none' ? undefined : app?.clientSecret,
      server,
      clock,
      record,
      connect,
      fetch,
    });
  } catch (error) {
    await server.close();
    throw error;
  }
}

type Connect = () => ReturnType<typeof connectionTo>;

/** The application with a name or client id, or the first. */
async function chosenApp(connect: Connect, reference: string | undefined): Promise<RequestingApp | undefined> {
  const tenant = connect();
  const named = reference ?? (await listApps(tenant))[0]?.clientId;
  return named === undefined ? undefined : chooseRequestingApp(tenant, { named, chosen: undefined });
}

function guestsByName(guests: readonly WorldGuestTokens[]): Record<string, LocalGuest> {
  return Object.fromEntries(
    guests.map(({ name, guestId, sessionToken, accessToken, clientId, audience }) => [
      name,
      { guestId, sessionToken, accessToken, clientId, audience },
    ]),
  );
}

/** Opens all gates, as the quickstart does. */
async function openSample(connect: Connect): Promise<void> {
  const tenant = connect();
  const { subject: app } = await ensureAppOpen(tenant, undefined);
  await ensureApiOpen(tenant, app, undefined);
}

const optionKinds: Members<LocalTenantOptions> = {
  ...{ edition: 'any', https: 'boolean', clock: 'any', port: 'any', listen: 'boolean', autoLogin: 'text' },
  ...{ seed: 'any', seedRandom: 'any', closed: 'boolean' },
};

const clockKinds: Members<ClockStart> = { now: 'any', frozen: 'boolean' };

/** A program without types may pass anything. */
function checkOptions(options: LocalTenantOptions): void {
  checkMembers('startLocalTenant', options, optionKinds);
  const { edition, port, listen, seedRandom, clock, seed } = options;
  if (clock !== undefined && (typeof clock !== 'object' || clock === null)) {
    throw new AnonError('usage', 'clock must be an object: { now, frozen }.');
  }
  if (clock) checkMembers('clock', clock, clockKinds);
  if (clock && typeof seed === 'object' && 'clock' in seed && seed.clock) {
    throw new AnonError('usage', 'seed has a clock, so the option clock must be left out.');
  }
  if (edition !== undefined && !editionNames.includes(edition)) {
    throw new AnonError('usage', `edition must be one of ${editionNames.join(', ')}.`);
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new AnonError('usage', 'port must be a number from 0 to 65535.');
  }
  if (port !== undefined && listen === false) {
    throw new AnonError('usage', 'With listen: false nothing listens, so port must be left out.');
  }
  if (seedRandom !== undefined && !(Number.isInteger(seedRandom) && seedRandom >= 0 && seedRandom < 1e15)) {
    throw new AnonError('usage', 'seedRandom must be a whole number from 0 to 999999999999999.');
  }
}

/** The tenant as the functions of the domain see it, with all rights. Each connection gets a new token, by the tenant's clock. */
function connectionTo(
  { url, edition, management, clock }: Pick<LocalTenant, 'url' | 'edition' | 'management' | 'clock'>,
  fetch: typeof globalThis.fetch,
): TenantConnection {
  const common = tenantAt({ domain: url, fetch, maxWaitSeconds: 0 });
  const now = () => clock.now().getTime();
  return {
    ...common,
    clock: { ...common.clock, now },
    time: tenantTime({ now }),
    edition,
    management: {
      credentials: { kind: 'client_secret', clientId: management.clientId },
      source: 'profile',
      secret: async () => management.clientSecret,
      cache: undefined,
    },
  };
}
