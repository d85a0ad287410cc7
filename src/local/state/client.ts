import type { Edition } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { type Random, randomName, randomToken } from '../random.ts';

/** A client with the service's defaults. @see management-api, section 2.5 */
export function newClient(random: Random, edition: Edition, body: JsonObject): JsonObject {
  const isPublic = body.token_endpoint_auth_method === 'none';
  return {
    tenant: 'local',
    global: false,
    is_token_endpoint_ip_header_trusted: false,
    is_first_party: true,
    oidc_conformant: false,
    sso_disabled: false,
    cross_origin_authentication: false,
    callbacks: [],
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000, secret_encoded: false },
    refresh_token: {
      expiration_type: 'non-expiring',
      leeway: 0,
      infinite_token_lifetime: true,
      infinite_idle_token_lifetime: true,
      token_lifetime: 2_592_000,
      idle_token_lifetime: 1_296_000,
      rotation_type: 'non-rotating',
    },
    grant_types: ['authorization_code', 'implicit', 'refresh_token', ...(isPublic ? [] : ['client_credentials'])],
    custom_login_page_on: true,
    ...edition.newClient(body),
    ...body,
    client_id: randomName(random, 32),
    client_secret: randomToken(random, 48),
  };
}
