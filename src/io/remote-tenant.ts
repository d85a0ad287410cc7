import type { Profile, TenantConnection } from '../domain/ports.ts';
import { issuerOf } from '../domain/profile/address.ts';
import { httpFetch } from './http.ts';

/** A tenant on the network. */
export function connectRemote(
  profile: Profile & { domain: string },
  common: Pick<TenantConnection, 'profile' | 'selection' | 'clock' | 'rememberEdition'>,
  world: { env: Readonly<Record<string, string | undefined>>; signal: AbortSignal },
): TenantConnection {
  const { domain } = profile;
  return {
    ...common,
    issuer: issuerOf(domain),
    baseUrl: domain.startsWith('http://') ? domain : `https://${domain}`,
    fetch: httpFetch(world.env, world.signal),
    management: profile.management,
    edition: profile.edition,
    sessionKey: undefined,
  };
}
