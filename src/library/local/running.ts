import { appVariables } from '../../domain/app/app-variables.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { createUser } from '../../domain/user/lifecycle.ts';
import { newPassword } from '../../domain/user/new-password.ts';
import { AnonError } from '../../errors.ts';
import type { MemoryServer } from '../../io/embedded/memory-server.ts';
import { systemClock } from '../connection.ts';
import { createSession } from '../create-session.ts';
import { checkJson, checkMembers, type Members } from '../members.ts';
import { tenantFaults, tenantKeys } from './controls.ts';
import { inProcessFetch } from './fetch.ts';
import { checkMint } from './mint.ts';
import { type recorder, stopped } from './requests.ts';
import { readSnapshot, snapshotOf } from './snapshot.ts';
import type { ActionOptions, LocalTenant, LocalUser, NewGuest, NewLocalUser } from './tenant.ts';

interface Parts extends Pick<LocalTenant, 'edition' | 'management' | 'clientId' | 'audience' | 'clock' | 'guests'> {
  /** Of an application that is not public. */
  readonly clientSecret: string | undefined;
  readonly server: MemoryServer;
  readonly record: ReturnType<typeof recorder>;
  /** For requests of the tenant's own functions, which are not recorded. */
  readonly connect: () => TenantConnection;
  readonly fetch: typeof globalThis.fetch;
}

/** The tenant that a server in memory serves. */
export function localTenant({ clientSecret, server, record, connect, fetch, ...known }: Parts): LocalTenant {
  const { tenant, url, authority } = server;
  const { issuer } = tenant;
  const { edition, clientId, audience } = known;
  let end: Promise<void> | undefined;
  // As a socket is closed that waits for an answer.
  let closeOpen: (reason: TypeError) => void = () => {};
  const closed = new Promise<never>((_, reject) => {
    closeOpen = reject;
  });
  closed.catch(() => {});
  const running = () => {
    if (end) throw stopped();
  };
  const stop = () => {
    end ??= server.close();
    closeOpen(broken('fetch failed', 'ECONNRESET'));
    record.end();
    return end;
  };
  const answer = inProcessFetch(url, withTransit(tenant, systemClock.wait, closed));
  return {
    ...{ url, issuer, ca: authority, ...known, requests: record.requests, stop },
    faults: tenantFaults(server, running),
    keys: tenantKeys(server, running),
    env: appVariables({ url, issuer, clientId, audience, authority: undefined }),
    async fetch(input, init) {
      running();
      return answer(input, init);
    },
    async createGuest(guest = {}) {
      running();
      checkGuest(guest, edition);
      return createSession({ ...guest, domain: url, clientId, clientSecret, audience, fetch, maxWaitSeconds: 0 });
    },
    async createUser(user) {
      running();
      return newUser(connect(), user);
    },
    async addAction(trigger, file, options = {}) {
      running();
      checkAction(trigger, file, options);
      const { name, secrets = {} } = options;
      const action = await server.addAction({ trigger, file, name, secrets });
      return { id: action.id, name: action.name };
    },
    async mint(token) {
      running();
      checkMint(token, edition);
      return tenant.mint({ ...token, clientId, audience });
    },
    snapshot: () => snapshotOf(clientId, tenant.copy()),
    async restore(snapshot) {
      running();
      const saved = readSnapshot<ReturnType<typeof tenant.copy>>(clientId, snapshot);
      await tenant.restore(saved.state);
    },
    [Symbol.asyncDispose]: stop,
  };
}

const guestMembers: Members<NewGuest> = { metadata: 'object', scope: 'text', userId: 'text' };

const userMembers: Members<NewLocalUser> = {
  ...{ email: 'text', password: 'text', name: 'text', emailVerified: 'boolean', id: 'text' },
  ...{ userMetadata: 'object', appMetadata: 'object' },
};

function checkGuest(guest: NewGuest, edition: LocalTenant['edition']): void {
  checkMembers('createGuest', guest, guestMembers);
  const { userId } = guest;
  if (userId === undefined || edition === 'preview') return;
  throw new AnonError(
    'edition_unsupported',
    `Edition ${edition} does not support userId: the service chooses guest ids.`,
  );
}

const triggers = ['post-login', 'pre-user-registration'];

function checkAction(trigger: string, file: string | URL, options: ActionOptions): void {
  checkMembers('addAction', options, { name: 'text', secrets: 'object' } satisfies Members<ActionOptions>);
  if (!triggers.includes(trigger)) throw new AnonError('usage', `The trigger must be ${triggers.join(' or ')}.`);
  if (options.name === '') throw new AnonError('usage', 'name is empty: leave it out for that of the file.');
  if (!(file instanceof URL) && typeof file !== 'string')
    throw new AnonError('usage', 'addAction needs the path of a file, or a file: URL.');
  const wrong = Object.entries(options.secrets ?? {}).find(([, value]) => typeof value !== 'string');
  if (wrong) throw new AnonError('usage', `The secret ${wrong[0].slice(0, 40)} must be a text.`);
}

async function newUser(tenant: TenantConnection, wanted: NewLocalUser): Promise<LocalUser> {
  checkMembers('createUser', wanted, userMembers);
  checkJson('userMetadata', wanted.userMetadata ?? {});
  checkJson('appMetadata', wanted.appMetadata ?? {});
  const { password = newPassword(), emailVerified = false } = wanted;
  const { userId, email, name } = await createUser(tenant, { ...wanted, password, emailVerified });
  return { userId, email, password, name };
}

/** `handle` with responses that arrive as over a socket: late, in part or never. Errors are those of Node's fetch. */
function withTransit(
  { handle, transit: transitOf }: Pick<MemoryServer['tenant'], 'handle' | 'transit'>,
  wait: (ms: number) => Promise<void>,
  closed: Promise<never>,
): (request: Request) => Promise<Response> {
  return async (request) => {
    const response = await handle(request);
    const { delayMs, breakage } = transitOf(response) ?? { delayMs: 0 };
    if (delayMs > 0) await wait(delayMs);
    if (breakage === 'drop') return closed;
    if (breakage === 'reset') throw broken('fetch failed', 'ECONNRESET');
    return breakage === 'truncate' ? firstHalf(response) : response;
  };
}

async function firstHalf(response: Response): Promise<Response> {
  const body = new Uint8Array(await response.arrayBuffer());
  const half = body.subarray(0, Math.floor(body.length / 2));
  const stream = new ReadableStream({
    start: (controller) => (half.length > 0 ? controller.enqueue(half) : undefined),
    pull: (controller) => controller.error(broken('terminated', 'UND_ERR_SOCKET')),
  });
  const { status, headers } = response;
  return new Response(stream, { status, headers });
}

function broken(message: string, code: string): TypeError {
  return new TypeError(message, { cause: Object.assign(new Error(code), { code }) });
}
