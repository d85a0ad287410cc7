import { isReservedClaim } from '../../wire/claims-mapping.ts';
import type { JsonObject } from '../../wire/schema.ts';

/**
 * The members of a user that each scope shows. `updated_at` is ISO 8601, as in the service.
 * @see OpenID Connect Core, section 5.4; https://auth0.com/docs/get-started/apis/scopes/openid-connect-scopes
 */
const claimsByScope: Readonly<Record<string, readonly string[]>> = {
  profile: ['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'picture', 'updated_at'],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_verified'],
};

/** Members of a user that have another name as a claim. */
const claimNames: Readonly<Record<string, string>> = { phone_verified: 'phone_number_verified' };

/** The names of all claims about a user, for discovery. */
export const userClaimNames: readonly string[] = Object.values(claimsByScope)
  .flat()
  .map((member) => claimNames[member] ?? member);

/** The claims about a user that the granted scopes show, without `sub`. What a user does not have is left out. */
export function userClaims(user: JsonObject, scope: readonly string[]): JsonObject {
  const members = scope.flatMap((value) => claimsByScope[value] ?? []);
  const shown = members.filter((member) => user[member] !== undefined && user[member] !== null);
  return Object.fromEntries(shown.map((member) => [claimNames[member] ?? member, user[member]]));
}

/** The claims that Actions have set, without the names that belong to the tokens themselves. */
export function customClaims(claims: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !isReservedClaim(name)));
}
