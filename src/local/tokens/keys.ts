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

/** A tenant's keys as its state saves them: a private RSA JWK and 32 bytes in base64url. Times are ISO 8601, in UTC. */
export interface KeyMaterial {
  readonly signing: {
    readonly kid: string;
    readonly jwk: JsonWebKey;
    /** Missing for the first key of a tenant. */
    readonly created_at?: string;
    /** The longest that its tokens may have lived under settings that have changed since; null: some never end. */
    readonly longest_seconds?: number | null;
  };
  readonly session: { readonly k: string; readonly created_at?: string };
  readonly previous?: {
    /** The newest first, and so below. */
    readonly signing: readonly PreviousSigningKey[];
    readonly session: readonly PreviousSessionKey[];
  };
}

/** Nothing is signed with it any more, so only the public key stays. */
export interface PreviousSigningKey {
  readonly kid: string;
  readonly jwk: JsonWebKey;
  readonly created_at?: string | undefined;
  readonly rotated_at: string;
  /** When the last token that it signed ends; null: never. */
  readonly ends_at: string | null;
}

/** Has no end: the sessions and refresh tokens that it protects may have none. */
export interface PreviousSessionKey {
  readonly k: string;
  readonly created_at?: string | undefined;
  readonly rotated_at: string;
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

/** A key that verifies signatures. */
export interface VerifyingKey {
  readonly kid: string;
  readonly publicKey: KeyObject;
}

export interface TenantKeys extends VerifyingKey {
  /** Signs access tokens and session tokens in the JWT format, RS256. */
  readonly privateKey: KeyObject;
  /** Seals session tokens, `dir` with A256GCM. */
  readonly sessionKey: KeyObject;
  /** Those from before a rotation, whose tokens are still accepted. */
  readonly previous: { readonly signing: readonly VerifyingKey[]; readonly session: readonly KeyObject[] };
}

/** All keys of a document, and when the previous signing keys end, in milliseconds since 1970. */
interface KnownKeys {
  readonly all: TenantKeys;
  readonly endsMs: readonly number[];
  /** Without signing keys that have ended, by which ones those are. */
  readonly reduced: Map<string, TenantKeys>;
}

// Creating a key object from text takes as long as 15 signatures, and the store returns the same document until it is
// written.
const cache = new WeakMap<JsonObject, KnownKeys>();

/** As {@link keysIn}, from a tenant's state. */
export async function tenantKeys(store: StoreReader, nowMs: number): Promise<TenantKeys> {
  return keysIn(await store.get('key', 'current'), nowMs);
}

/**
 * The keys in the document that saves them, without those that have ended at `nowMs`, in milliseconds since 1970.
 * @throws {Error} where there is no document, before the state is seeded
 */
export function keysIn(document: JsonObject | undefined, nowMs: number): TenantKeys {
  if (document === undefined) throw new Error('the tenant has no keys');
  const { all, endsMs, reduced } = cache.get(document) ?? cached(document);
  if (endsMs.every((endMs) => endMs > nowMs)) return all;
  const lives = endsMs.map((endMs) => endMs > nowMs);
  const id = lives.join();
  const found = reduced.get(id) ?? {
    ...all,
    previous: { ...all.previous, signing: all.previous.signing.filter((_, index) => lives[index]) },
  };
  reduced.set(id, found);
  return found;
}

function cached(document: JsonObject): KnownKeys {
  const known = knownKeys(document as unknown as KeyMaterial);
  cache.set(document, known);
  return known;
}

function knownKeys({ signing, session, previous = { signing: [], session: [] } }: KeyMaterial): KnownKeys {
  const privateKey = createPrivateKey({ key: signing.jwk, format: 'jwk' });
  return {
    all: {
      kid: signing.kid,
      privateKey,
      publicKey: createPublicKey(privateKey),
      sessionKey: createSecretKey(session.k, 'base64url'),
      previous: {
        signing: previous.signing.map(({ kid, jwk }) => ({
          kid,
          publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
        })),
        session: previous.session.map(({ k }) => createSecretKey(k, 'base64url')),
      },
    },
    endsMs: previous.signing.map(({ ends_at }) => (ends_at === null ? Number.POSITIVE_INFINITY : Date.parse(ends_at))),
    reduced: new Map(),
  };
}

/** The public signing keys as JWKs (RFC 7517), the current one first. A tenant can leave their optional `alg` out. */
export function publicJwks(keys: TenantKeys, { withAlg = true } = {}): Record<string, unknown>[] {
  return [keys, ...keys.previous.signing].map(({ kid, publicKey }) => {
    const { n, e } = publicKey.export({ format: 'jwk' });
    return { kty: 'RSA', use: 'sig', n, e, kid, ...(withAlg && { alg: 'RS256' }) };
  });
}

/** The keys that open sealed tokens, the current one first. */
export function sessionKeys({ sessionKey, previous }: TenantKeys): KeyObject[] {
  return [sessionKey, ...previous.session];
}
