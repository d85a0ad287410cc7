import type { TenantConnection } from '../../domain/exchange/connection.ts';
import { tenantTime } from '../../domain/exchange/tenant-time.ts';
import { tenantAt } from '../connection.ts';
import type { LocalTenant } from './tenant.ts';

/** The tenant as the functions of the domain see it, with all rights. Each connection gets a new token, by the tenant's clock. */
export function connectionTo(
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
