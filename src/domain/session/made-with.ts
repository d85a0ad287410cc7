import { isAnonError } from '../../errors.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Clock } from '../clock.ts';
import { decodeToken } from '../token/decode.ts';
import { keyRingOf } from '../token/key-file.ts';

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

/** Whether a session token was made with one of the keys of a local tenant, current or previous. */
export async function isMadeWith(keys: JsonObject, token: string, clock: Pick<Clock, 'now'>): Promise<boolean> {
  const { signing, session, previous } = keys as unknown as TenantKeys;
  const set = [
    ...[signing, ...(previous?.signing ?? [])].map(({ kid, jwk: { n, e } }) => ({ kty: 'RSA', kid, n, e })),
    ...[session, ...(previous?.session ?? [])].map(({ k }) => ({ kty: 'oct', k })),
  ];
  try {
    const ring = keyRingOf(JSON.stringify({ keys: set }), 'the tenant');
    const { signature, seal } = await decodeToken({ clock, keys: ring }, token);
    return signature?.state === 'verified' || seal?.state === 'opened';
  } catch (error) {
    if (isAnonError(error)) return false;
    throw error;
  }
}
