import { AnonError, isAnonError, withHint } from '../../errors.ts';
import { publicKeyAlgorithms, rsaAlgorithms } from '../../jose/algorithms.ts';
import { type Jwk, type NamedKey, readCertificates, readKeySet } from '../../jose/jwk.ts';
import { loopback, parseUrl } from '../../wire/url.ts';
import { failureHint, notOfATenant, unexpectedAnswer } from '../exchange/answer.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { hostOf } from '../exchange/http.ts';
import { isTransientFailure } from '../exchange/retry.ts';
import { send } from '../exchange/send.ts';
import { type KeySource, keysNamed, publicKeys } from './key-source.ts';

/** A published key set as it was fetched. */
export interface CachedKeys {
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly fetchedAtMs: number;
  readonly freshForSeconds: number;
  /** Right after they were fetched, a token named a key that was not among them. */
  readonly missedOne?: boolean | undefined;
  readonly keys: readonly Jwk[];
}

/** Saves published key sets from one command to the next. */
export interface KeyCache {
  get(url: string): Promise<CachedKeys | undefined>;
  put(keys: CachedKeys): Promise<void>;
}

/** For how many seconds fetched keys are used: by default, and at most. */
const lifetimes = { default: 600, max: 86_400 };

/**
 * For an unknown `kid` the keys are fetched again, because they may have been rotated. If that finds nothing, they are not
 * fetched for this many seconds, so that made-up tokens can't cause a request each.
 */
const missRetrySeconds = 30;

export interface ServedKeysOptions {
  /** Path of the key set at the connection's base URL. */
  readonly path: string;
  /** For people: whose keys they are. */
  readonly origin: string;
  /** The algorithm of guests' access tokens, and of keys that declare none; if left out, such keys are for any. */
  readonly ofGuests?: 'RS256';
  /** Undefined where fetching costs nothing. */
  readonly cache: KeyCache | undefined;
  /** Use saved keys, however old, and fetch nothing. */
  readonly offline?: boolean | undefined;
}

/**
 * The keys that a server publishes, saved for as long as its `Cache-Control` allows. Simultaneous callers share one fetch.
 * @throws {AnonError} `not_found` when `offline` and no keys are saved; as {@link fetchKeySet} otherwise
 */
export function servedKeys(connection: TenantConnection, options: ServedKeysOptions): KeySource {
  const { cache, offline, ofGuests, origin, path } = options;
  const url = `${connection.baseUrl}${path}`;
  const named = ({ keys }: CachedKeys, kid: string | undefined): NamedKey[] =>
    keysNamed(publicKeys(keys, origin, ofGuests), kid);
  let pending: Promise<CachedKeys> | undefined;
  const fetchShared = (kid: string | undefined): Promise<CachedKeys> => {
    pending ??= fetchKeySet(connection, path)
      .then(async ({ cacheable, ...fetched }) => {
        const missedOne = named(fetched, kid).length === 0;
        if (cacheable) await cache?.put(missedOne ? { ...fetched, missedOne } : fetched);
        return fetched;
      })
      .catch((error) => {
        throw ofGuests && isAnonError(error) ? notOfATenant(hostOf(connection.issuer), error) : error;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  const fetchNamed = async (kid: string | undefined): Promise<NamedKey[]> => {
    const fetched = await fetchShared(kid);
    const found = named(fetched, kid);
    // A caller that shared a fetch for another key may be the first to miss its own.
    if (found.length === 0 && cache) {
      const saved = await cache.get(url);
      if (saved?.fetchedAtMs === fetched.fetchedAtMs && !saved.missedOne)
        await cache.put({ ...saved, missedOne: true });
    }
    return found;
  };
  return {
    // Tenants have RSA keys.
    algorithms: ofGuests ? rsaAlgorithms : publicKeyAlgorithms,
    ofGuests,
    // What the server has now is unknown then.
    origin: offline ? `the saved key set of ${origin}` : origin,
    async find(kid) {
      const saved = await cache?.get(url);
      if (offline) {
        if (saved) return named(saved, kid);
        throw noSavedKeys(origin);
      }
      const age = saved ? (connection.clock.now() - saved.fetchedAtMs) / 1000 : -1;
      if (!saved || age < 0 || age >= saved.freshForSeconds) return fetchNamed(kid);
      const known = named(saved, kid);
      return known.length > 0 || (saved.missedOne && age < missRetrySeconds) ? known : fetchNamed(kid);
    },
  };
}

/**
 * Fetches a key set, with how long its answer may be used again.
 * @throws {AnonError} `response_invalid` for an answer that is not a key set; as {@link send} when it can't be fetched
 */
export async function fetchKeySet(
  connection: TenantConnection,
  path: string,
): Promise<CachedKeys & { cacheable: boolean }> {
  let cacheControl = '';
  const listening: TenantConnection = {
    ...connection,
    fetch: async (address, request) => {
      const response = await connection.fetch(address, request);
      cacheControl = response.headers.get('cache-control') ?? '';
      return response;
    },
  };
  const { status, body } = await send(listening, { method: 'GET', path });
  const exchange = { method: 'GET', path } as const;
  if (isTransientFailure(status))
    throw new AnonError('server_error', `The keys could not be fetched: GET ${path} answered ${status}.`, {
      hint: failureHint(connection),
    });
  if (status !== 200) throw unexpectedAnswer(exchange, `status ${status} instead of a key set`);
  const read = readKeySet(body);
  if (!read.ok) throw unexpectedAnswer(exchange, read.problem);
  return {
    url: `${connection.baseUrl}${path}`,
    fetchedAtMs: connection.clock.now(),
    cacheable: !/(^|[\s,])no-store($|[\s,])/i.test(cacheControl),
    freshForSeconds: lifetime(cacheControl),
    keys: await readCertificates(read.value),
  };
}

/** For how many seconds an answer may be reused. @see RFC 9111, section 5.2.2 */
function lifetime(cacheControl: string): number {
  if (/(^|[\s,])no-cache($|[\s,])/i.test(cacheControl)) return 0;
  const [, maxAge] = /(?:^|[\s,])max-age="?(\d{1,12})/i.exec(cacheControl) ?? [];
  return Math.min(maxAge === undefined ? lifetimes.default : Number(maxAge), lifetimes.max);
}

function noSavedKeys(origin: string): AnonError {
  return new AnonError('not_found', `No saved keys for ${origin}, and --offline prevents fetching them.`, {
    hint: 'Verify once without --offline, or pass the keys: --jwks <file>',
  });
}

/** The keys at an address that the user gave, as {@link servedKeys}: any server may be there, not only a tenant. */
export function keysAtAddress(
  connection: TenantConnection,
  url: URL,
  options: Pick<ServedKeysOptions, 'cache' | 'offline'>,
): KeySource {
  const keys = servedKeys(connection, { path: `${url.pathname}${url.search}`, origin: url.host, ...options });
  return { ...keys, find: (kid) => keys.find(kid).catch(explainAddress) };
}

function explainAddress(error: unknown): never {
  if (isAnonError(error) && error.code === 'server_error') throw withHint(error, 'Try again later.');
  if (!isAnonError(error) || (error.code !== 'response_invalid' && error.code !== 'failed')) throw error;
  throw withHint(error, 'Does the address serve a JWK Set? A file works too: --jwks <file>');
}

/** The address in `--jwks`. @throws {AnonError} `usage` unless it is safe against tampering on the way */
export function jwksAddress(text: string): URL {
  const url = parseUrl(text);
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
  if (url && safe && !url.username && !url.password) return url;
  throw new AnonError(
    'usage',
    '--jwks needs a file, or an https address (or http on this machine) without a user name.',
    {
      hint: 'Example: --jwks https://issuer.example/.well-known/jwks.json',
    },
  );
}
