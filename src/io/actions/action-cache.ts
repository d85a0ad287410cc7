/** An entry, as an Action sees it. */
interface CacheRecord {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expires_at: number;
}

type WriteResult =
  | { readonly type: 'success'; readonly record?: CacheRecord }
  | { readonly type: 'error'; readonly code: string };

export interface ActionCache {
  get(key: string): CacheRecord | undefined;
  /** `ttl` in milliseconds, `expires_at` in milliseconds since 1970; of both, the earlier one counts. */
  set(key: string, value: string, options?: { readonly ttl?: number; readonly expires_at?: number }): WriteResult;
  delete(key: string): WriteResult;
}

// @see https://auth0.com/docs/customize/actions/limitations
const [mostEntries, mostKeyBytes, mostValueBytes, mostBytes] = [20, 64, 4096, 8192];
const longestMs = 24 * 60 * 60 * 1000;

/**
 * `api.cache`, with the service's limits and error codes. Unlike the service's, it belongs to one Action, not to all of a
 * trigger. Assumed: a new entry beyond the limits is refused.
 */
export function actionCache(now: () => number): ActionCache {
  const records = new Map<string, CacheRecord>();
  const live = (key: string) => {
    const record = records.get(key);
    if (record && record.expires_at > now()) return record;
    records.delete(key);
    return undefined;
  };
  const bytesBeside = (key: string) =>
    [...records].reduce((sum, [other, { value }]) => sum + (other === key ? 0 : bytes(other) + bytes(value)), 0);
  return {
    get: (key) => live(String(key)),
    set(key, value, { ttl, expires_at: end } = {}) {
      const [name, text] = [String(key), String(value)];
      for (const other of records.keys()) live(other);
      if (bytes(name) > mostKeyBytes) return refused('CacheKeySizeExceeded');
      if (bytes(text) > mostValueBytes) return refused('CacheValueSizeExceeded');
      if (bytesBeside(name) + bytes(name) + bytes(text) > mostBytes) return refused('CacheSizeExceeded');
      if (!records.has(name) && records.size >= mostEntries) return refused('CacheSizeExceeded');
      if ([ttl, end].some((given) => given !== undefined && !Number.isFinite(given))) return refused('InvalidExpiry');
      const expires = Math.min(now() + Math.min(ttl ?? longestMs, longestMs), end ?? Number.POSITIVE_INFINITY);
      if (expires <= now()) return refused('ItemAlreadyExpired');
      const record = { value: text, expires_at: expires };
      records.set(name, record);
      return { type: 'success', record };
    },
    delete(key) {
      const existed = live(String(key)) !== undefined && records.delete(String(key));
      return existed ? { type: 'success' } : refused('CacheKeyDoesNotExist');
    },
  };
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

function refused(code: string): WriteResult {
  return { type: 'error', code };
}
