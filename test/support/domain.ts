import type { Clock } from '../../src/domain/clock.ts';
import type { TenantConnection } from '../../src/domain/exchange/connection.ts';
import type { FetchRequest } from '../../src/domain/exchange/http.ts';
import type { ManagementAccess } from '../../src/domain/exchange/management/credentials.ts';
import type { Pause, RetryPolicy } from '../../src/domain/exchange/retry.ts';
import { tenantTime } from '../../src/domain/exchange/tenant-time.ts';
import { type AnonError, isAnonError } from '../../src/errors.ts';
import type { EditionName } from '../../src/wire/edition/edition.ts';
import { sessionKey, type TestTenant } from './local.ts';

export interface SteppingClock extends Clock {
  /** The requested waits, in milliseconds. */
  readonly waits: readonly number[];
}

/** Noon of 1 June 2026, UTC, in milliseconds: where the clock of every test tenant starts. */
export const noon = Date.UTC(2026, 5, 1, 12);

/** A clock that only waits move. */
export function steppingClock(now = () => noon): SteppingClock {
  const waits: number[] = [];
  return {
    waits,
    now: () => now() + waits.reduce((sum, wait) => sum + wait, 0),
    async wait(ms) {
      waits.push(ms);
    },
  };
}

/** Never waits. */
export const retry: RetryPolicy = { maxWaitMs: 0, wait: async () => {}, random: () => 0 };

export interface TestConnection extends TenantConnection {
  readonly clock: SteppingClock;
  /** The requests: `PATCH /api/v2/tenants/settings`. */
  readonly sent: readonly string[];
  readonly remembered: readonly EditionName[];
  readonly warnings: readonly string[];
  /** The waits for rate limits and retries. */
  readonly pauses: readonly Pause[];
}

/** Access to the Management API with a client id and secret; every command requests its own token. */
export function secretAccess(
  clientId: string,
  secret: string,
  doors: Partial<ManagementAccess> = {},
): ManagementAccess {
  return {
    credentials: { kind: 'client_secret', clientId },
    source: 'profile',
    secret: async () => secret,
    cache: undefined,
    ...doors,
  };
}

type Given = Omit<TenantConnection, 'clock' | 'time' | 'retry' | 'warn' | 'saveEdition'>;
type Doors = Partial<Given> & { maxWaitMs?: number };

/** A connection to the real local tenant, its `handle` where a socket would be. */
export function connectionTo(tenant: TestTenant, doors: Doors = {}): TestConnection {
  const clock = movingTenant(tenant);
  return recorded(
    {
      profile: 'local',
      selection: '',
      issuer: tenant.issuer,
      baseUrl: tenant.issuer.slice(0, -1),
      management: secretAccess(tenant.admin.client_id, tenant.admin.client_secret),
      edition: tenant.edition,
      sessionKeys: async () => [await sessionKey(tenant.store)],
      fetch: (url, request) => tenant.handle(new Request(url, { ...request, body: request.body ?? null })),
      ...doors,
    },
    clock,
  );
}

/** Waits move the tenant's own clock too. */
function movingTenant(tenant: TestTenant): SteppingClock {
  const waits: number[] = [];
  return {
    waits,
    now: () => tenant.clock(),
    async wait(ms) {
      waits.push(ms);
      tenant.clock.forward(ms / 1000);
    },
  };
}

type Answer = (request: FetchRequest & { readonly url: string }) => Response | Promise<Response>;

/** A connection to a tenant with these responses, one per request, that fails after the last. */
export function scriptedConnection(answers: readonly Answer[], doors: Doors = {}): TestConnection {
  const rest = [...answers];
  return recorded(
    {
      profile: 'acme',
      selection: ' --profile acme',
      issuer: 'https://acme.example/',
      baseUrl: 'https://acme.example',
      management: secretAccess('tool', 'the-secret-of-the-tool'),
      edition: 'preview',
      sessionKeys: undefined,
      async fetch(url, request) {
        const answer = rest.shift();
        if (!answer) throw new Error(`no answer is left for ${request.method} ${url}`);
        return answer({ ...request, url });
      },
      ...doors,
    },
    steppingClock(),
  );
}

function recorded({ maxWaitMs = 60_000, ...connection }: Given & Doors, clock: SteppingClock): TestConnection {
  const sent: string[] = [];
  const pauses: Pause[] = [];
  const remembered: EditionName[] = [];
  const warnings: string[] = [];
  const wait = async (pause: Pause) => {
    pauses.push(pause);
    await clock.wait(pause.ms);
  };
  return {
    ...connection,
    clock,
    time: tenantTime(clock),
    warnings,
    warn: (message) => void warnings.push(message),
    pauses,
    retry: { maxWaitMs, wait, random: () => 0 },
    sent,
    remembered,
    fetch(url, request) {
      sent.push(`${request.method} ${url.slice(connection.baseUrl.length)}`);
      return connection.fetch(url, request);
    },
    async saveEdition(edition) {
      remembered.push(edition);
    },
  };
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): () => Response {
  return () => new Response(JSON.stringify(body), { status, headers });
}

/** The answer to the request for a Management API token. */
export const managementToken = json({ access_token: 'a-management-token', token_type: 'Bearer', expires_in: 86_400 });

/** The AnonError of `work`; any other outcome fails the test. */
export async function failureOf(work: () => unknown): Promise<AnonError> {
  try {
    await work();
  } catch (error) {
    if (isAnonError(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
