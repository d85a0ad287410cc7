import { type AnonymousTokenRequest, anonymousScope } from '../../wire/anonymous-token.ts';
import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import { guestSubject } from '../../wire/client-grant.ts';
import type { GuestAccess } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { definedScopes, findGrant, findServer, grantedScopes } from '../clients/grants.ts';
import { anonymousTokenRefusal, oauthRefusal } from '../http/refusal.ts';
import type { Moment } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';

/**
 * Gates 1 and 2, and that the application does not demand what guests cannot give. Assumed: the order.
 * @throws {Refusal} feature_not_enabled, unauthorized_client
 */
export function checkGuestsAllowed({ settings, edition }: Moment, client: JsonObject): void {
  const flags = settings.flags as JsonObject | undefined;
  if (flags?.anonymous_sessions_enabled === false) {
    throw anonymousTokenRefusal('feature_not_enabled', 'Anonymous sessions are not enabled for this tenant.');
  }
  if (!edition.client.read(client).enabled) {
    throw anonymousTokenRefusal('unauthorized_client', 'Anonymous sessions are not enabled for this client.');
  }
  if (client.require_proof_of_possession === true) {
    const description = 'Anonymous sessions are not available to clients that require proof of possession.';
    throw oauthRefusal(400, 'unauthorized_client', description);
  }
}

export interface ApiForGuests {
  readonly audience: string;
  readonly name: string;
  readonly access: GuestAccess;
  /** The scopes that guests of the application may have. */
  readonly scopes: readonly string[];
  /** The claims that are added to their access tokens. */
  readonly claims: readonly ClaimMapping[];
}

/** Gates 3 and 4. @throws {Refusal} invalid_target */
export async function findApi(
  store: StoreReader,
  { settings, edition }: Moment,
  request: AnonymousTokenRequest,
  client: JsonObject,
): Promise<ApiForGuests> {
  const audience = request.audience || settings.default_audience;
  if (typeof audience !== 'string' || audience === '') {
    throw anonymousTokenRefusal('invalid_target', 'audience is required: the tenant has no default audience.');
  }
  const server = await findServer(store, audience);
  const { resourceServer, claims } = edition;
  const access = server && resourceServer.read(server);
  if (!server || !access?.enabled) {
    throw anonymousTokenRefusal('invalid_target', 'The audience does not exist or does not allow anonymous access.');
  }
  return {
    audience: String(server.identifier),
    name: String(server.name),
    access,
    scopes: await scopesForGuests(store, client, server, access),
    claims: claims.read(claims.heldBy === 'application' ? client : server),
  };
}

/** Gate 4: in edition `preview` a list on the API; in `ea` a grant of the application, which is required. */
async function scopesForGuests(
  store: StoreReader,
  client: JsonObject,
  server: JsonObject,
  access: GuestAccess,
): Promise<readonly string[]> {
  const defined = definedScopes(server);
  if (access.scopes) return access.scopes.filter((value) => defined.includes(value));
  const grant = await findGrant(store, {
    clientId: client.client_id,
    audience: server.identifier,
    subject: guestSubject,
  });
  // Assumed: the error. The API allows guests, but not those of this application.
  if (!grant) {
    throw anonymousTokenRefusal('invalid_target', 'The client has no grant for anonymous users of the audience.');
  }
  return grantedScopes(grant, defined);
}

/**
 * The scopes that a guest gets: all that were requested, or, without a request, all that guests may have. One unavailable
 * scope refuses the request.
 * @throws {Refusal} invalid_scope
 */
export function grantScopes(available: readonly string[], asked: string | undefined): readonly string[] {
  if (asked === undefined) return available;
  const wanted = new Set(asked.split(' ').filter((value) => value !== '' && value !== anonymousScope));
  for (const value of wanted) {
    if (!available.includes(value)) {
      throw anonymousTokenRefusal(
        'invalid_scope',
        'A requested scope is not available to anonymous users of this API.',
      );
    }
  }
  return [...wanted];
}
