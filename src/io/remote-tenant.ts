import type { Profile, TenantConnection } from '../domain/ports.ts';
import { httpFetch } from './http.ts';

/** A tenant on the network. */
export function connectRemote(
  profile: Profile,
  common: Pick<
    TenantConnection,
    'profile' | 'selection' | 'clock' | 'issuer' | 'baseUrl' | 'management' | 'rememberEdition'
  >,
  world: { env: Readonly<Record<string, string | undefined>>; signal: AbortSignal },
): TenantConnection {
  return {
    ...common,
    fetch: httpFetch(common.baseUrl, world.env, world.signal),
    edition: profile.edition,
    sessionKey: undefined,
  };
}
