import { AnonError } from '../../errors.ts';
import { jwks, jwksPath } from '../../wire/discovery.ts';
import { check } from '../../wire/schema.ts';
import { send } from '../exchange/send.ts';
import type { KeyRing, NamedKey, TenantConnection } from '../ports.ts';

/** The keys of a tenant: the public ones that it serves, and the one that seals, where that is at hand. */
export function tenantKeyRing(tenant: TenantConnection): KeyRing {
  return {
    signatureKeys: async ({ issuer }) => (issuer === tenant.issuer ? servedKeys(tenant) : []),
    async sealKeys() {
      if (!tenant.sessionKey) return [];
      const k = Buffer.from(await tenant.sessionKey()).toString('base64url');
      return [{ name: "the tenant's session key", jwk: { kty: 'oct', k } }];
    },
  };
}

/** A tenant that gives no keys leaves its tokens unchecked; the tokens are there all the same. */
async function servedKeys(tenant: TenantConnection): Promise<NamedKey[]> {
  try {
    const answer = await send(tenant, { method: 'GET', path: jwksPath });
    const checked = check(jwks, answer.body);
    if (answer.status !== 200 || !checked.ok) return [];
    // RS256 and nothing else: what the key is for is not the token's to say.
    return checked.value.keys
      .filter(({ kty }) => kty === 'RSA')
      .map((jwk) => ({ name: `key ${jwk.kid ?? '(no id)'} of ${tenant.issuer}`, jwk: { ...jwk, alg: 'RS256' } }));
  } catch (error) {
    if (error instanceof AnonError && error.code !== 'interrupted') return [];
    throw error;
  }
}
