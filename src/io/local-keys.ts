import { existsSync } from 'node:fs';
import type { KeyRing } from '../domain/ports.ts';

/**
 * The local tenant's keys, for decoding offline. A token of another issuer does not even make them load;
 * while there is no local tenant there are none, and none is made.
 */
export function localKeyRing(findState: () => Promise<string | undefined>, warn: (message: string) => void): KeyRing {
  const read = async () => {
    const statePath = await findState();
    if (statePath === undefined || !existsSync(statePath)) return undefined;
    try {
      return (await import('../local/read-keys.ts')).readLocalKeys(statePath);
    } catch {
      warn(`The local tenant's state ${statePath} cannot be read, so its keys are not at hand.`);
      return undefined;
    }
  };
  return {
    async signatureKeys({ issuer }) {
      // Its issuer is https://localhost:PORT/, by whatever port it was served.
      if (!issuer?.startsWith('https://localhost:')) return [];
      const keys = await read();
      if (!keys) return [];
      return [{ name: `key ${String(keys.publicJwk.kid)} of the local tenant`, jwk: keys.publicJwk }];
    },
    async sealKeys() {
      const keys = await read();
      if (!keys) return [];
      const k = Buffer.from(keys.sessionKey).toString('base64url');
      return [{ name: "the local tenant's session key", jwk: { kty: 'oct', k } }];
    },
  };
}
