import { AnonError } from '../../errors.ts';
import type { MemoryServer } from '../../io/embedded/memory-server.ts';
import { type KeyReading, keyUses } from '../../wire/tenant-keys.ts';
import type { TenantKey, TenantKeys } from './keys.ts';

export function tenantKeys({ tenant }: MemoryServer, running: () => void): TenantKeys {
  const list = async () => (await tenant.keys()).map(keyOf);
  return {
    list,
    async rotate(use = 'signing') {
      running();
      // A program without types may pass anything.
      if (!keyUses.includes(use)) throw new AnonError('usage', `rotate takes ${keyUses.join(' or ')}.`);
      await tenant.rotateKey(use);
      const made = (await list()).find((key) => key.use === use);
      if (!made) throw new Error('a tenant has a key for every use');
      return made;
    },
    async revoke(kid) {
      running();
      const revoked = await tenant.revokeKey(String(kid));
      if (revoked === 'revoked') return;
      if (revoked === 'current') throw new AnonError('usage', 'This is a current key. Rotate it first.');
      throw new AnonError('not_found', 'The tenant has no key with this kid.');
    },
  };
}

function keyOf({ kid, use, state, ends_at }: KeyReading): TenantKey {
  return { kid, use, state, endsAt: ends_at };
}
