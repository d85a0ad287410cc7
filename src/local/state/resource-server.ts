import type { Edition } from '../../wire/edition/edition.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { type Random, randomHex } from '../random.ts';

/** A resource server with the service's defaults. @see management-api, section 2.5 */
export function newResourceServer(random: Random, edition: Edition, body: JsonObject): JsonObject {
  return withEditionMembers(edition, {
    id: randomHex(random, 12),
    allow_offline_access: false,
    skip_consent_for_verifiable_first_party_clients: false,
    token_lifetime: 86_400,
    token_lifetime_for_web: 7200,
    signing_alg: 'RS256',
    ...body,
    subject_type_authorization: body.subject_type_authorization ?? {
      client: { policy: 'require_client_grant' },
      user: { policy: 'allow_all' },
    },
  });
}

/**
 * A resource server with the members of an edition: without those it never has, and with all that it always has. A missing
 * member comes from `before`, the resource server before a change, otherwise from the edition's defaults.
 */
export function withEditionMembers(
  { newResourceServer: defaults, hiddenMembers }: Edition,
  server: JsonObject,
  before: JsonObject = defaults,
): JsonObject {
  const shown = Object.entries(server).filter(([member]) => !hiddenMembers.includes(member));
  const result = Object.fromEntries(shown);
  for (const [member, preset] of Object.entries(defaults)) {
    const value = result[member];
    if (value === undefined) result[member] = preset;
    else if (isJsonObject(value) && isJsonObject(preset))
      result[member] = { ...preset, ...(isJsonObject(before[member]) && before[member]), ...value };
  }
  return result;
}
