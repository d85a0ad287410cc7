import type { Profile, TenantConnection } from '../domain/ports.ts';
import { type HttpWorld, httpFetch } from './http.ts';

/** A tenant on the network. @throws {AnonError} `usage` for a proxy's address or a certificate file that cannot be used */
export function connectRemote(
  profile: Profile,
  common: Pick<
    TenantConnection,
    | 'profile'
    | 'selection'
    | 'clock'
    | 'time'
    | 'patience'
    | 'warn'
    | 'issuer'
    | 'baseUrl'
    | 'management'
    | 'rememberEdition'
  >,
  world: HttpWorld,
): TenantConnection {
  return {
    ...common,
    fetch: httpFetch(common.baseUrl, world),
    edition: profile.edition,
    sessionKey: undefined,
  };
}
