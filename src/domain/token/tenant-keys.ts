import { AnonError } from '../../errors.ts';
import type { NamedKey } from '../../jose/jwk.ts';

import { jwksPath } from '../../wire/discovery.ts';

import type { TenantConnection } from '../exchange/connection.ts';
import { type KeyRing, publicKeys } from './key-source.ts';
import { fetchKeySet } from './served-keys.ts';

/** A tenant's keys for decoding: its published keys, and its session keys if those are on this machine. */
export function tenantKeyRing(tenant: TenantConnection): KeyRing {
  return {
    signatureKeys: async ({ issuer }) => (issuer === tenant.issuer ? signatureKeys(tenant) : []),
    async sealKeys() {
      const keys = (await tenant.sessionKeys?.()) ?? [];
      return keys.map((key, index) => ({
        name: index === 0 ? "the tenant's session key" : 'an earlier session key of the tenant',
        jwk: { kty: 'oct', k: Buffer.from(key).toString('base64url') },
      }));
    },
  };
}

/** If the keys can't be fetched, tokens stay unchecked; decoding still works. */
async function signatureKeys(tenant: TenantConnection): Promise<NamedKey[]> {
  try {
    const { keys } = await fetchKeySet(tenant, jwksPath);
    return publicKeys(keys, tenant.issuer, 'RS256');
  } catch (error) {
    if (error instanceof AnonError && error.code !== 'interrupted') return [];
    throw error;
  }
}
