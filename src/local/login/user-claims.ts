import { isReservedClaim } from '../../wire/claims-mapping.ts';
import { userClaimsByScope } from '../../wire/login.ts';
import type { JsonObject } from '../../wire/schema.ts';

/** The members of a user that have another name than their claim. */
const members: Readonly<Record<string, string>> = { phone_number_verified: 'phone_verified' };

/** The claims about a user that the granted scopes show, without `sub`. What a user does not have is left out. */
export function userClaims(user: JsonObject, scope: readonly string[]): JsonObject {
  const names = scope.flatMap(
    (value) => (Object.hasOwn(userClaimsByScope, value) ? userClaimsByScope[value] : []) ?? [],
  );
  const claims = names.map((name) => [name, user[members[name] ?? name]] as const);
  return Object.fromEntries(claims.filter(([, value]) => value !== undefined && value !== null));
}

/** The claims that Actions have set, without the names that belong to the tokens themselves. */
export function customClaims(claims: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !isReservedClaim(name)));
}
