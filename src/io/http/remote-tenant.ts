import type { TenantConnection } from '../../domain/exchange/connection.ts';
import type { Profile } from '../../domain/profile/profile.ts';
import { type HttpWorld, httpFetch, limitsWithin } from './http.ts';

/** A tenant on the network, each exchange with which takes `timeoutMs` at most. @throws {AnonError} `usage` for a proxy's address or a certificate file that cannot be used */
export function connectRemote(
  profile: Profile,
  common: Pick<
    TenantConnection,
    'profile' | 'selection' | 'clock' | 'time' | 'retry' | 'warn' | 'issuer' | 'baseUrl' | 'management' | 'saveEdition'
  >,
  world: HttpWorld,
  timeoutMs?: number,
): TenantConnection {
  return {
    ...common,
    fetch: httpFetch(common.baseUrl, world, limitsWithin(timeoutMs)),
    edition: profile.edition,
    sessionKey: undefined,
  };
}
