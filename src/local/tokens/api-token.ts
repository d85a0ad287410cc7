import type { JsonObject } from '../../wire/schema.ts';
import type { TenantKeys } from './keys.ts';
import { readSignedToken, signToken } from './signed-token.ts';

/** The header types of the service's two profiles of access tokens: its own, and that of RFC 9068. */
const types = ['JWT', 'at+jwt'] as const;

/**
 * Signs the access token of a user or an application in the profile that the API has selected. With that of RFC 9068, `azp` is
 * `client_id`, and there is no `gty`. @see https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
 */
export function signApiToken(keys: TenantKeys, { token_dialect }: JsonObject, claims: JsonObject): Promise<string> {
  const isStandard = typeof token_dialect === 'string' && token_dialect.startsWith('rfc9068_profile');
  if (!isStandard) return signToken(keys, 'JWT', claims);
  const { azp, gty: _, ...others } = claims;
  return signToken(keys, 'at+jwt', { ...others, client_id: azp });
}

/** The claims of an access token for an API, in either profile, with the application as `azp`. Undefined for any other token. */
export function readApiToken(keys: TenantKeys, token: string): JsonObject | undefined {
  const claims = types.map((type) => readSignedToken(keys, type, token)).find((read) => read !== undefined);
  return claims && { ...claims, azp: claims.azp ?? claims.client_id };
}
