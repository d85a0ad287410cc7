import { isAnonError } from '../../errors.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Clock } from '../clock.ts';
import { decodeToken } from '../token/decode.ts';
import { keyRingOf } from '../token/key-file.ts';
import type { KeyRing } from '../token/key-source.ts';
import type { SessionStore } from './saved-session.ts';

interface SigningKey {
  readonly kid: string;
  readonly jwk: JsonObject;
}

interface SessionKey {
  readonly k: string;
}

/** The keys of a local tenant, as its state and its exports have them. */
interface TenantKeys {
  readonly signing: SigningKey;
  readonly session: SessionKey;
  readonly previous?: { readonly signing: readonly SigningKey[]; readonly session: readonly SessionKey[] };
}

/**
 * Removes the saved sessions whose tokens were made with none of the keys of a local tenant. Where only the access token was, the
 * session needs a new one: the saved one counts as expired. Returns how many sessions are left.
 */
export async function removeLost(
  sessions: Pick<SessionStore, 'names' | 'get' | 'put' | 'forget' | 'exclusively'>,
  keys: JsonObject,
  clock: Pick<Clock, 'now'>,
): Promise<number> {
  const ring = ringOf(keys);
  let left = 0;
  for (const name of await sessions.names()) {
    await sessions.exclusively(name, async () => {
      const session = await sessions.get(name);
      if (!session || !(await isMadeWith(ring, session.sessionToken, clock))) return sessions.forget(name);
      left += 1;
      const { accessToken, createdAtMs = 0 } = session;
      if (accessToken === '' || (await isMadeWith(ring, accessToken, clock))) return;
      await sessions.put(name, { ...session, accessEndsAtMs: createdAtMs });
    });
  }
  return left;
}

/** The current keys and the previous ones. */
function ringOf(keys: JsonObject): KeyRing {
  const { signing, session, previous } = keys as unknown as TenantKeys;
  const set = [
    ...[signing, ...(previous?.signing ?? [])].map(({ kid, jwk: { n, e } }) => ({ kty: 'RSA', kid, n, e })),
    ...[session, ...(previous?.session ?? [])].map(({ k }) => ({ kty: 'oct', k })),
  ];
  return keyRingOf(JSON.stringify({ keys: set }), 'the tenant');
}

/** Whether a token was made with one of the keys. */
async function isMadeWith(ring: KeyRing, token: string, clock: Pick<Clock, 'now'>): Promise<boolean> {
  try {
    const { signature, seal } = await decodeToken({ clock, keys: ring }, token);
    return signature?.state === 'verified' || seal?.state === 'opened';
  } catch (error) {
    if (isAnonError(error)) return false;
    throw error;
  }
}
