import { appVariables } from '../../domain/app/app-variables.ts';
import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { createUser } from '../../domain/user/lifecycle.ts';
import { newPassword } from '../../domain/user/new-password.ts';
import { AnonError } from '../../errors.ts';
import type { MemoryServer } from '../../io/embedded/memory-server.ts';
import { systemClock } from '../connection.ts';
import { createSession } from '../create-session.ts';
import { inProcessFetch } from './fetch.ts';
import { checkMint } from './mint.ts';
import { type recorder, stopped } from './requests.ts';
import { readSnapshot, snapshotOf } from './snapshot.ts';
import type { LocalTenant, LocalUser, NewGuest, NewLocalUser } from './tenant.ts';
import { tenantFaults } from './tenant-faults.ts';
import { tenantKeys } from './tenant-keys.ts';
import { withTransit } from './transit.ts';

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
  const running = () => {
    if (end) throw stopped();
  };
  const stop = () => {
    end ??= server.close();
    record.end();
    return end;
  };
  const answer = inProcessFetch(url, withTransit(tenant.handle, tenant.transit, systemClock.wait));
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
    async addAction(trigger, file, { name, secrets = {} } = {}) {
      running();
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

function checkGuest({ userId }: NewGuest, edition: LocalTenant['edition']): void {
  if (userId === undefined || edition === 'preview') return;
  throw new AnonError(
    'edition_unsupported',
    `Edition ${edition} does not support userId: the service chooses guest ids.`,
  );
}

async function newUser(tenant: TenantConnection, wanted: NewLocalUser): Promise<LocalUser> {
  const { password = newPassword(), emailVerified = false } = wanted;
  const { userId, email, name } = await createUser(tenant, { ...wanted, password, emailVerified });
  return { userId, email, password, name };
}
