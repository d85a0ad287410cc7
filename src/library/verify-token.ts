import type { TenantConnection } from '../domain/exchange/connection.ts';
import { publicKeysIn } from '../domain/token/key-file.ts';
import type { KeySource } from '../domain/token/key-source.ts';
import { type CachedKeys, type KeyCache, servedKeys } from '../domain/token/served-keys.ts';
import { verifyToken as verifyWith } from '../domain/token/verify.ts';
import { AnonError, interrupted } from '../errors.ts';
import { jwksPath } from '../wire/discovery.ts';
import { plainJson } from '../wire/exact-json.ts';
import { systemClock, tenantAt } from './connection.ts';
import { type Key, keyText } from './decode-token.ts';
import { checkMembers, type Members } from './members.ts';
import { type TenantOptions, tenantOptionKinds } from './tenant-options.ts';

/** What a valid token has. */
export interface Expected {
  /** The API's identifier: one of `aud`. */
  readonly audience: string;
  /** Each of them must be in `scope`. */
  readonly scopes?: readonly string[];
  /**
   * True: only a guest's token. False: no guest's token. By default both are valid: an API that does not accept guests
   * must pass false.
   */
  readonly guest?: boolean;
  /** The allowed difference between the clocks (default: 0). */
  readonly clockToleranceSeconds?: number;
  /** Milliseconds since 1970 (default: now). */
  readonly now?: number;
}

/** A misspelt expectation would accept tokens that do not meet it. */
const expectedKinds: Members<Expected> = {
  ...{ audience: 'text', scopes: 'list', guest: 'boolean', clockToleranceSeconds: 'number', now: 'number' },
  ...{ ...tenantOptionKinds, jwks: 'any', issuer: 'any' },
};

/** Expects a token of this tenant, whose keys are fetched and cached in memory as long as it allows. */
export interface ExpectedOfTenant extends Expected, TenantOptions {
  readonly jwks?: undefined;
}

/** Expects a token of another issuer, whose keys are given. */
export interface ExpectedOfIssuer extends Expected {
  readonly jwks: Key;
  /** Compared exactly; a tenant's is `https://DOMAIN/`, with the slash. */
  readonly issuer: string;
}

export interface Verification {
  /** Also false when the token can't be checked: look for a check that is `not_checked`. */
  readonly valid: boolean;
  /** Every check, once, in a fixed order. */
  readonly checks: readonly {
    readonly check: string;
    readonly state: 'ok' | 'failed' | 'not_checked' | 'skipped';
    readonly detail: string;
  }[];
  /** Only when the signature is verified, even if another check failed: look at `valid` first. */
  readonly claims: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Checks whether a token is an access token that an API may accept. The keys decide which algorithm is allowed, not the
 * token. An invalid token is a result, not an error.
 * @throws an error for which `isAnonError` is true when the keys can't be fetched, or an expectation is missing
 */
export async function verifyToken(token: string, expected: ExpectedOfTenant | ExpectedOfIssuer): Promise<Verification> {
  checkMembers('verifyToken', expected, expectedKinds);
  const { audience, scopes, guest, clockToleranceSeconds, now } = expected;
  const { keys, issuer } = await trusted(expected);
  if (!audience || !issuer) throw new AnonError('usage', 'verifyToken needs an audience, and a domain or an issuer.');
  const clock = now === undefined ? systemClock : { now: () => now };
  // A request without a token may pass anything.
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
  // The request is shared: aborting one call does not end it for the others.
  return { keys: { ...source, find: (kid) => unlessAborted(find(kid), signal) }, issuer: tenant.issuer };
}

async function givenKeys(jwks: Key): Promise<KeySource> {
  const keys = await publicKeysIn(keyText(jwks), 'jwks');
  if (keys) return keys;
  throw new AnonError('usage', 'jwks has no public key for signatures.');
}

/** Another `fetch` may reach another tenant under the same name, so each has its own keys. */
const sourcesOf = new WeakMap<typeof globalThis.fetch, Map<string, KeySource>>();

/** One source for all calls for a tenant, so that they share one request. */
function sharedSource(tenant: TenantConnection, fetch: typeof globalThis.fetch): KeySource {
  const sources = sourcesOf.get(fetch) ?? new Map<string, KeySource>();
  sourcesOf.set(fetch, sources);
  const { baseUrl, issuer } = tenant;
  const known = sources.get(baseUrl);
  if (known) return known;
  const source = servedKeys(tenant, { path: jwksPath, origin: issuer, ofGuests: 'RS256', cache: keptInMemory() });
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
