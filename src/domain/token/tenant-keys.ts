import { AnonError } from '../../errors.ts';
import { jwksPath } from '../../wire/discovery.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { send } from '../exchange/send.ts';
import type { KeyRing, NamedKey } from './key-ring.ts';
import { readCertificates, readKeySet } from './key-set.ts';
import { publicKeys } from './public-keys.ts';

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
    const read = readKeySet(answer.body);
    if (answer.status !== 200 || !read.ok) return [];
    return publicKeys(await readCertificates(read.value), tenant.issuer, 'RS256');
  } catch (error) {
    if (error instanceof AnonError && error.code !== 'interrupted') return [];
    throw error;
  }
}
