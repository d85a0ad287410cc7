import type { JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { guestAccess } from '../guests/access-token.ts';
import { type ApiForGuests, findApi } from '../guests/gates.ts';
import { nextSession } from '../guests/session.ts';
import { isRefusal } from '../http/refusal.ts';
import { type Random, randomHex, randomToken } from '../random.ts';
import type { Moment, TenantScope } from '../scope.ts';

/** The kinds of token that a test may want. */
export type MintedKind = 'access_token' | 'session_token' | 'id_token';

/** Who a token is for. */
export interface Bearer {
  readonly client: JsonObject;
  readonly audience: string;
}

/** In seconds, as in the service. */
const idTokenLifetimeSeconds = 36_000;

/** How far the times of a token that is not valid now are from now: further than any API tolerates. */
const awaySeconds = 3600;

/** The claims of a new guest's access token or session token, or of a new user's ID token. */
export async function validClaims(
  scope: TenantScope,
  moment: Moment,
  kind: MintedKind,
  bearer: Bearer,
): Promise<JsonObject> {
  const { random } = scope;
  if (kind === 'id_token') return idTokenClaims(moment, random, bearer);
  const session = nextSession(moment, random, { client_id: '' }, bearer.client, undefined);
  return kind === 'session_token' ? { ...session } : accessClaims(scope, moment, session, bearer);
}

async function accessClaims(
  { store, random }: TenantScope,
  moment: Moment,
  session: SessionTokenClaims,
  { client, audience }: Bearer,
): Promise<JsonObject> {
  const api = await findApi(store, moment, { client_id: '', audience }, client).catch((error): ApiForGuests => {
    if (!isRefusal(error)) throw error;
    // An API that is closed to guests gets tokens too: it is for the API to refuse them.
    const access = { enabled: false, scopes: undefined, tokenLifetimeSeconds: undefined };
    return { audience, name: audience, access, scopes: [], claims: [] };
  });
  return guestAccess(moment, random, { session, api, scope: api.scopes.join(' ') }).claims;
}

function idTokenClaims({ issuer, nowSeconds }: Moment, random: Random, { client }: Bearer): JsonObject {
  return {
    iss: issuer,
    sub: `auth0|${randomHex(random, 12)}`,
    aud: client.client_id,
    iat: nowSeconds,
    exp: nowSeconds + idTokenLifetimeSeconds,
    sid: randomToken(random, 24),
  };
}

/** The same claims an hour after their end. */
export function expiredClaims(claims: JsonObject, { edition, nowSeconds }: Moment): JsonObject {
  const exp = nowSeconds - awaySeconds;
  const iat = exp - lifetimeOf(claims);
  // A session token has it too, as the time of its first request.
  const created = 'created_at' in claims && { created_at: edition.writeTime(iat * 1000) };
  return { ...claims, ...created, iat, exp };
}

/** The same claims an hour before their beginning. */
export function earlyClaims(claims: JsonObject, { nowSeconds }: Moment): JsonObject {
  const nbf = nowSeconds + awaySeconds;
  return { ...claims, nbf, exp: nbf + lifetimeOf(claims) };
}

/** A session need not have an end. */
function lifetimeOf({ iat, exp }: JsonObject): number {
  return typeof iat === 'number' && typeof exp === 'number' ? exp - iat : awaySeconds;
}
