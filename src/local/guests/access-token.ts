import { mappedClaims } from '../../wire/claims-mapping.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { type Random, randomToken } from '../random.ts';
import type { Moment } from '../scope.ts';
import type { ApiForGuests } from './gates.ts';

interface GuestAccess {
  readonly session: SessionTokenClaims;
  readonly api: ApiForGuests;
  /** Separated by spaces. */
  readonly scope: string;
}

/** The claims of a guest's access token, and its lifetime: never longer than its session's. */
export function guestAccess(
  { edition, issuer, nowSeconds }: Moment,
  random: Random,
  { session, api, scope }: GuestAccess,
): { readonly claims: JsonObject; readonly lifetimeSeconds: number } {
  const sessionLeft = (session.exp ?? Number.POSITIVE_INFINITY) - nowSeconds;
  const limit = api.access.tokenLifetimeSeconds ?? edition.guestTokenLifetime.defaultSeconds;
  const lifetimeSeconds = Math.min(limit, sessionLeft);
  const claims = {
    iss: issuer,
    sub: session.user_id,
    aud: api.audience,
    iat: nowSeconds,
    exp: nowSeconds + lifetimeSeconds,
    scope: scope === '' ? undefined : scope,
    azp: session.client_id,
    jti: randomToken(random, 16),
    ...mappedClaims(api.claims, session),
  };
  return { claims, lifetimeSeconds };
}
