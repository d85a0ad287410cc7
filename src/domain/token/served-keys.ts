import { AnonError } from '../../errors.ts';
import { unexpectedAnswer } from '../exchange/answer.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { send } from '../exchange/send.ts';
import { publicKeyAlgorithms } from './algorithms.ts';
import type { KeptKeys, KeyCache } from './kept-keys.ts';
import type { NamedKey } from './key-ring.ts';
import { readCertificates, readKeySet } from './key-set.ts';
import { keysNamed, publicKeys } from './public-keys.ts';
import type { KeySource } from './verify.ts';

/** For how long served keys are used without asking again, in seconds: where the answer does not say, and at most. */
const lifetimes = { usual: 600, most: 86_400 };

/**
 * An unknown `kid` has the keys fetched again, for they may have been rotated. When that was in vain, nobody asks again
 * for so long: whoever makes tokens up shall not make us ask all the time.
 */
const afterInVainSeconds = 30;

export interface ServedKeysOptions {
  /** Where the key set is, from the connection's base. */
  readonly path: string;
  /** In words, for people. */
  readonly origin: string;
  /** The only algorithm, where that is known; else what the keys are for. */
  readonly only?: 'RS256';
  /** Undefined where asking costs nothing. */
  readonly cache: KeyCache | undefined;
  /** Nothing is fetched: what is kept is used, however old. */
  readonly offline?: boolean | undefined;
}

/**
 * The keys that a server publishes, kept for as long as its `Cache-Control` says. Whoever needs them while they are being
 * fetched waits for that fetch, whichever key it is about.
 * @throws {AnonError} `not_found` when nothing may be fetched and nothing is kept; `response_invalid` for what is no key
 *   set; as {@link send} when it cannot be fetched
 */
export function servedKeys(connection: TenantConnection, options: ServedKeysOptions): KeySource {
  const { cache, offline, only, origin, path } = options;
  const url = `${connection.baseUrl}${path}`;
  const named = ({ keys }: KeptKeys, kid: string | undefined): NamedKey[] =>
    keysNamed(publicKeys(keys, origin, only), kid);
  let underWay: Promise<KeptKeys> | undefined;
  const fetchShared = (kid: string | undefined): Promise<KeptKeys> => {
    underWay ??= fetchKept(connection, { url, path })
      .then(async ({ mayBeKept, ...fetched }) => {
        const missedOne = named(fetched, kid).length === 0;
        if (mayBeKept) await cache?.put(missedOne ? { ...fetched, missedOne } : fetched);
        return fetched;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
  const fetchNamed = async (kid: string | undefined): Promise<NamedKey[]> => {
    const fetched = await fetchShared(kid);
    const found = named(fetched, kid);
    // Who waited for a fetch about another key may be the first to find that its own is not there.
    if (found.length === 0 && cache) {
      const kept = await cache.get(url);
      if (kept?.fetchedAtMs === fetched.fetchedAtMs && !kept.missedOne) await cache.put({ ...kept, missedOne: true });
    }
    return found;
  };
  return {
    algorithms: only ? [only] : publicKeyAlgorithms,
    origin,
    async find(kid) {
      const kept = await cache?.get(url);
      if (offline) {
        if (kept) return named(kept, kid);
        throw nothingKept(origin);
      }
      const age = kept ? (connection.clock.now() - kept.fetchedAtMs) / 1000 : -1;
      if (!kept || age < 0 || age >= kept.freshForSeconds) return fetchNamed(kid);
      const known = named(kept, kid);
      return known.length > 0 || (kept.missedOne && age < afterInVainSeconds) ? known : fetchNamed(kid);
    },
  };
}

async function fetchKept(
  connection: TenantConnection,
  { url, path }: { url: string; path: string },
): Promise<KeptKeys & { mayBeKept: boolean }> {
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
  if (status >= 500) throw new AnonError('server_error', `The keys cannot be had: GET ${path} answered ${status}.`);
  if (status !== 200) throw unexpectedAnswer(exchange, `it is ${status}, not a key set`);
  const read = readKeySet(body);
  if (!read.ok) throw unexpectedAnswer(exchange, read.problem);
  return {
    url,
    fetchedAtMs: connection.clock.now(),
    mayBeKept: !/(^|[\s,])no-store($|[\s,])/i.test(cacheControl),
    freshForSeconds: lifetime(cacheControl),
    keys: await readCertificates(read.value),
  };
}

/** For how many seconds an answer may be used again without asking. @see RFC 9111, section 5.2.2 */
function lifetime(cacheControl: string): number {
  if (/(^|[\s,])no-cache($|[\s,])/i.test(cacheControl)) return 0;
  const [, said] = /(?:^|[\s,])max-age="?(\d{1,12})/i.exec(cacheControl) ?? [];
  return Math.min(said === undefined ? lifetimes.usual : Number(said), lifetimes.most);
}

function nothingKept(origin: string): AnonError {
  return new AnonError('not_found', `No keys of ${origin} are kept, and --offline fetches none.`, {
    hint: 'Verify once without --offline, or give the keys: --jwks <file>',
  });
}
