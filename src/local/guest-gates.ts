import { type AnonymousTokenRequest, anonymousScope } from '../wire/anonymous-token.ts';
import type { GuestAccess } from '../wire/edition/edition.ts';
import type { JsonObject } from '../wire/schema.ts';
import { editionOf, settingsOf } from './edition.ts';
import { anonymousTokenRefusal } from './refusal.ts';
import type { TenantScope } from './tenant.ts';

/** Gates 1 and 2. @throws {Refusal} feature_not_enabled, unauthorized_client */
export function checkGuestsAllowed(scope: TenantScope, client: JsonObject): void {
  const flags = settingsOf(scope.store).flags as JsonObject | undefined;
  if (flags?.anonymous_sessions_enabled === false) {
    throw anonymousTokenRefusal('feature_not_enabled', 'Anonymous sessions are not enabled for this tenant.');
  }
  if (!editionOf(scope.store).client.read(client).enabled) {
    throw anonymousTokenRefusal('unauthorized_client', 'Anonymous sessions are not enabled for this client.');
  }
}

export interface ApiForGuests {
  readonly audience: string;
  readonly access: GuestAccess;
  /** Every scope that the API defines. */
  readonly scopes: readonly string[];
}

/** Gate 3. @throws {Refusal} invalid_target */
export function findApi(scope: TenantScope, request: AnonymousTokenRequest): ApiForGuests {
  const audience = request.audience || settingsOf(scope.store).default_audience;
  if (typeof audience !== 'string' || audience === '') {
    throw anonymousTokenRefusal('invalid_target', 'audience is required: the tenant has no default audience.');
  }
  const server = scope.store.list('resource_server').find((candidate) => candidate.identifier === audience);
  const access = server && editionOf(scope.store).resourceServer.read(server);
  if (!server || !access?.enabled) {
    throw anonymousTokenRefusal('invalid_target', 'The audience does not exist or does not allow anonymous access.');
  }
  const scopes = Array.isArray(server.scopes) ? server.scopes.map((item: { value: string }) => item.value) : [];
  return { audience, access, scopes };
}

/**
 * Gate 4: what a guest gets of what was asked, all of it or nothing. Left out means every scope guests may have.
 * @throws {Refusal} invalid_scope
 */
export function grantScopes(
  access: GuestAccess,
  defined: readonly string[],
  asked: string | undefined,
): readonly string[] {
  const available = (access.scopes ?? []).filter((value) => defined.includes(value));
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
