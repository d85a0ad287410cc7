import type { KeyRing } from '../../domain/token/key-source.ts';
import { isAnonError } from '../../errors.ts';
import type { LocalKeys } from '../../local/state/read-state.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import { isThere } from '../files/files.ts';
import { otherEdition } from './other-edition.ts';

/**
 * The local tenant's keys, for decoding offline. While there is no local tenant there are none, and none is made; where its state
 * cannot be read there are none either, with a warning. A token of a tenant in the cloud does not even make them load.
 *
 * With `edition`, a local tenant that speaks another one is refused for a token of its issuer (`edition_unsupported`). Whose a
 * sealed token is nobody can tell: its key is not tried then, with a warning.
 */
export function localKeyRing(
  findState: () => Promise<string | undefined>,
  warn: (message: string) => void,
  edition?: EditionName,
): KeyRing {
  let found: Promise<LocalKeys | undefined> | undefined;
  const keysOnce = () => {
    found ??= readKeys(findState, warn);
    return found;
  };
  return {
    async signatureKeys({ kid, issuer }) {
      if (!issuer?.startsWith('https://') || issuer.endsWith('.auth0.com/')) return [];
      const keys = await keysOnce();
      if (!keys || keys.issuer !== issuer) return [];
      // Elsewhere than on this machine another tenant may go by the same name.
      const own = kid === undefined || kid === keys.publicJwk.kid || new URL(issuer).hostname === 'localhost';
      if (!own) return [];
      const refusal = otherEdition(keys.edition, edition);
      if (refusal) throw refusal;
      return [{ name: `key ${String(keys.publicJwk.kid)} of the local tenant`, jwk: keys.publicJwk }];
    },
    async sealKeys() {
      const keys = await keysOnce();
      if (!keys) return [];
      const refusal = otherEdition(keys.edition, edition);
      if (refusal) {
        warn(`${refusal.message} Its key is not tried.`);
        return [];
      }
      const k = Buffer.from(keys.sessionKey).toString('base64url');
      return [{ name: "the local tenant's session key", jwk: { kty: 'oct', k } }];
    },
  };
}

async function readKeys(
  findState: () => Promise<string | undefined>,
  warn: (message: string) => void,
): Promise<LocalKeys | undefined> {
  const path = await findState();
  if (path === undefined) return undefined;
  try {
    return isThere(path) ? (await import('../../local/state/read-state.ts')).readLocalKeys(path) : undefined;
  } catch (error) {
    const { stateProblemText } = await import('./state-failure.ts');
    warn(`${isAnonError(error) ? error.message : stateProblemText(path, error)} Its keys are not at hand.`);
    return undefined;
  }
}
