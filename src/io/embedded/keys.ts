import type { KeyRing } from '../../domain/token/key-source.ts';
import { isAnonError } from '../../errors.ts';
import type { LocalKeys } from '../../local/state/read-state.ts';
import type { EditionName } from '../../wire/edition/edition.ts';
import type { ClockReading } from '../../wire/tenant-clock.ts';
import { readState } from './reading.ts';
import type { StateAddress } from './state-address.ts';
import { editionMismatch } from './state-errors.ts';

interface LocalTime {
  /** This machine's. */
  now(): number;
  /** Called where the tenant's clock differs from it and is used. */
  onMoved(reading: ClockReading): void;
}

/**
 * The local tenant's keys, for decoding offline. Empty where there is no local tenant, and with a warning where its
 * state can't be read. A token of an Auth0 tenant doesn't load them.
 *
 * If the local tenant uses another edition than `edition`, a token of its issuer is refused (`edition_unsupported`).
 * The issuer of an encrypted token is unknown, so its key is skipped with a warning.
 */
export function localKeyRing(
  findState: () => Promise<StateAddress | undefined>,
  warn: (message: string) => void,
  edition: EditionName | undefined,
  time: LocalTime,
): KeyRing {
  let clock: LocalKeys['clock'];
  let found: Promise<LocalKeys | undefined> | undefined;
  const keysOnce = () => {
    found ??= readKeys(findState, warn).then((keys) => {
      clock = keys?.clock;
      return keys;
    });
    return found;
  };
  const nowBy = (keys: LocalKeys) => keys.clock?.timeAt(time.now()) ?? time.now();
  return {
    async signatureKeys({ kid, issuer }) {
      if (!issuer?.startsWith('https://') || issuer.endsWith('.auth0.com/')) return [];
      const keys = await keysOnce();
      if (!keys || keys.issuer !== issuer) return [];
      // Anywhere but on localhost, another tenant may have the same issuer.
      const jwks = keys.publicJwksAt(nowBy(keys));
      const own = kid === undefined || jwks.some((jwk) => jwk.kid === kid) || new URL(issuer).hostname === 'localhost';
      if (!own) return [];
      const refusal = editionMismatch(keys.edition, edition);
      if (refusal) throw refusal;
      return jwks.map((jwk) => ({ name: `key ${String(jwk.kid)} of the local tenant`, jwk }));
    },
    async sealKeys() {
      const keys = await keysOnce();
      if (!keys) return [];
      const refusal = editionMismatch(keys.edition, edition);
      if (refusal) {
        warn(`${refusal.message} Its key is not tried.`);
        return [];
      }
      return keys.sessionKeys.map((key, index) => ({
        name: index === 0 ? "the local tenant's session key" : 'an earlier session key of the local tenant',
        jwk: { kty: 'oct', k: Buffer.from(key).toString('base64url') },
      }));
    },
    clock() {
      if (!clock) return undefined;
      const { timeAt, readingAt } = clock;
      time.onMoved(readingAt(time.now()));
      return { now: () => timeAt(time.now()) };
    },
  };
}

async function readKeys(
  findState: () => Promise<StateAddress | undefined>,
  warn: (message: string) => void,
): Promise<LocalKeys | undefined> {
  let state: StateAddress | undefined;
  try {
    state = await findState();
    if (!state) return undefined;
    return await readState(state, async () => (await import('../../local/state/read-state.ts')).readLocalKeys, warn);
  } catch (error) {
    const file = state && 'file' in state ? state.file : undefined;
    if (file === undefined && !isAnonError(error)) throw error;
    const { stateProblemText } = await import('./state-errors.ts');
    const problem = isAnonError(error) ? error.message : stateProblemText(file ?? '', error);
    warn(`${problem} ${file === undefined ? "The local tenant's" : 'Its'} keys can't be used.`);
    return undefined;
  }
}
