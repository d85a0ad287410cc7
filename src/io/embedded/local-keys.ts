import type { KeyReading, KeyUse } from '../../wire/tenant-keys.ts';
import type { LocalPorts } from './ports.ts';
import { withLocal } from './tenant.ts';

/** The keys of the local tenant. A running server has a change from the next request on. */
export interface LocalKeyControl {
  /** Those whose tokens are accepted, the current ones first. */
  list(): Promise<readonly KeyReading[]>;
  /** Makes a new key, and returns all. */
  rotate(use: KeyUse): Promise<readonly KeyReading[]>;
  /** Removes a previous key. `current`, and nothing is changed, for one in use; undefined where no key has this `kid`. */
  revoke(kid: string): Promise<'revoked' | 'current' | undefined>;
}

export function localKeyControl(ports: LocalPorts): LocalKeyControl {
  return {
    list: () => withLocal(ports, {}, (local) => local.keys()),
    rotate: (use) =>
      withLocal(ports, {}, async (local) => {
        await local.rotateKey(use);
        return local.keys();
      }),
    revoke: (kid) => withLocal(ports, {}, (local) => local.revokeKey(kid)),
  };
}
