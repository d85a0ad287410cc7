import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPair,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject } from '../../wire/schema.ts';
import type { StoreReader } from '../store/store.ts';

/** A tenant's keys as its state saves them: a private RSA JWK and 32 bytes in base64url. */
export interface KeyMaterial {
  readonly signing: { readonly kid: string; readonly jwk: JsonWebKey };
  readonly session: { readonly k: string };
}

/** Makes the keys of a new tenant. */
export type KeyMaker = () => Promise<KeyMaterial>;

/** RSA 2048 for RS256 and 256 bits for A256GCM. Takes a few hundred milliseconds, once per tenant. */
export const makeKeys: KeyMaker = async () => {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return {
    signing: { kid: randomBytes(16).toString('base64url'), jwk: privateKey.export({ format: 'jwk' }) },
    session: { k: randomBytes(32).toString('base64url') },
  };
};

export interface TenantKeys {
  readonly kid: string;
  /** Signs access tokens and session tokens in the JWT format, RS256. */
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Seals session tokens, `dir` with A256GCM. */
  readonly sessionKey: KeyObject;
}

// Creating a key object from text takes as long as 15 signatures, and the store returns the same document until it is
// written.
const cache = new WeakMap<JsonObject, TenantKeys>();

/** The keys in a tenant's state. @throws {Error} before the state is seeded */
export async function tenantKeys(store: StoreReader): Promise<TenantKeys> {
  return keysIn(await store.get('key', 'current'));
}

/** The keys in the document that saves them. @throws {Error} where there is no document */
export function keysIn(document: JsonObject | undefined): TenantKeys {
  if (document === undefined) throw new Error('the tenant has no keys');
  const known = cache.get(document);
  if (known) return known;
  const { signing, session } = document as unknown as KeyMaterial;
  const privateKey = createPrivateKey({ key: signing.jwk, format: 'jwk' });
  const keys = {
    kid: signing.kid,
    privateKey,
    publicKey: createPublicKey(privateKey),
    sessionKey: createSecretKey(session.k, 'base64url'),
  };
  cache.set(document, keys);
  return keys;
}

/** The public signing key as a JWK (RFC 7517). */
export function publicJwk({ kid, publicKey }: TenantKeys): Record<string, unknown> {
  const { n, e } = publicKey.export({ format: 'jwk' });
  return { kty: 'RSA', use: 'sig', n, e, kid, alg: 'RS256' };
}
