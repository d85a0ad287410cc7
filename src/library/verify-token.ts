import type { TenantConnection } from '../domain/exchange/connection.ts';
import { keyRingOf } from '../domain/token/key-file.ts';
import { type KeySource, keySourceOf, publicKeys } from '../domain/token/key-source.ts';
import type { CachedKeys, KeyCache } from '../domain/token/served-keys.ts';
import { servedKeys } from '../domain/token/served-keys.ts';
import { verifyToken as verifyWith } from '../domain/token/verify.ts';
import { AnonError, interrupted } from '../errors.ts';
import { jwksPath } from '../wire/discovery.ts';
import { plainJson } from '../wire/exact-json.ts';
import { systemClock, tenantAt } from './connection.ts';
import { type Key, keyText } from './decode-token.ts';
import type { TenantOptions } from './tenant-options.ts';

/** What a token must say to be good. */
export interface Expected {
  /** The API: one of `aud`. */
  readonly audience: string;
  /** Each of them must be among `scope`. */
  readonly scopes?: readonly string[];
  /** True: a guest's only. False: no guest's. Left out, both are good: an API that takes no guests has to say so. */
  readonly guest?: boolean;
  /** How far the clocks may differ: 0 unless given. */
  readonly clockToleranceSeconds?: number;
  /** Milliseconds since 1970, where that is not now. */
  readonly now?: number;
}

/** Whose token it must be: a tenant's, whose keys are fetched and kept in memory as long as it says. */
export interface ExpectedOfTenant extends Expected, TenantOptions {
  readonly jwks?: undefined;
}

/** Or anybody's whose keys are at hand. */
export interface ExpectedOfIssuer extends Expected {
  readonly jwks: Key;
  /** Letter by letter: of a tenant `https://DOMAIN/`, with the slash. */
  readonly issuer: string;
}

export interface Verification {
  /** False also where it cannot be told: look for a check that is `not_checked`. */
  readonly valid: boolean;
  /** Each thing that is looked at, once, in a fixed order. */
  readonly checks: readonly {
    readonly check: string;
    readonly state: 'ok' | 'failed' | 'not_checked' | 'skipped';
    readonly detail: string;
  }[];
  /** Only when the signature is good, whatever else is not: look at `valid` first. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Whether a token is an access token that an API may take. The keys say which algorithm is right, never the token.
 * A bad token is a result, never an error.
 * @throws an error for which `isAnonError` is true when the keys cannot be had, or an expectation is missing
 */
export async function verifyToken(token: string, expected: ExpectedOfTenant | ExpectedOfIssuer): Promise<Verification> {
  const { audience, scopes, guest, clockToleranceSeconds, now } = expected;
  const { keys, issuer } = await trusted(expected);
  if (!audience || !issuer) throw new AnonError('usage', 'verifyToken needs an audience, and a domain or an issuer.');
  const clock = now === undefined ? systemClock : { now: () => now };
  // Of a request that brought none, it may be anything.
  const text = typeof token === 'string' ? token : '';
  const expectations = { issuer, audience, scopes, guest, clockToleranceSeconds };
  const { claims, ...verification } = await verifyWith({ clock, keys }, text, expectations);
  return { ...verification, claims: plainJson(claims) };
}

async function trusted(expected: ExpectedOfTenant | ExpectedOfIssuer): Promise<{ keys: KeySource; issuer: string }> {
  if (expected.jwks !== undefined) return { keys: await givenKeys(expected.jwks), issuer: expected.issuer };
  const { signal, ...shared } = expected;
  const tenant = tenantAt(shared);
  const { find, ...source } = sharedSource(tenant, expected.fetch ?? globalThis.fetch);
  // The request is everybody's: who gives up waiting for it does not end it for the others.
  return { keys: { ...source, find: (kid) => unlessAborted(find(kid), signal) }, issuer: tenant.issuer };
}

async function givenKeys(jwks: Key): Promise<KeySource> {
  const found = await keyRingOf(keyText(jwks), 'jwks').signatureKeys({ kid: undefined, issuer: undefined });
  const keys = publicKeys(
    found.map(({ jwk }) => jwk),
    'jwks',
  );
  if (keys.length > 0) return keySourceOf(keys, 'jwks');
  throw new AnonError('usage', 'jwks holds no public key for signatures.');
}

/** Whoever brings a fetch of their own may not be talking to the tenant that others talk to: each has keys of its own. */
const sourcesOf = new WeakMap<typeof globalThis.fetch, Map<string, KeySource>>();

/** One for all who verify tokens of a tenant, so that they wait for one request together. */
function sharedSource(tenant: TenantConnection, fetch: typeof globalThis.fetch): KeySource {
  const sources = sourcesOf.get(fetch) ?? new Map<string, KeySource>();
  sourcesOf.set(fetch, sources);
  const { baseUrl, issuer } = tenant;
  const known = sources.get(baseUrl);
  if (known) return known;
  const source = servedKeys(tenant, { path: jwksPath, origin: issuer, only: 'RS256', cache: keptInMemory() });
  sources.set(baseUrl, source);
  return source;
}

function keptInMemory(): KeyCache {
  let kept: CachedKeys | undefined;
  return {
    get: async () => kept,
    put: async (keys) => {
      kept = keys;
    },
  };
}

/** @throws {AnonError} `interrupted` */
function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(interrupted());
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
