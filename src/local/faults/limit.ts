import type { JsonObject } from '../../wire/schema.ts';
import { type Bucket, bucket, type RateLimit } from '../http/rate-limit.ts';
import type { Moment } from '../scope.ts';
import type { Store, StoreReader } from '../store/store.ts';
import { routeMatches } from './route.ts';

/** How often endpoints may be called, as it is saved: one for each route. */
export interface Limit {
  /** As that of a fault. */
  readonly route: string;
  /** `requests` at once, and as many again in each period. */
  readonly requests: number;
  readonly period_seconds: number;
}

export async function limitsOf(store: StoreReader): Promise<Limit[]> {
  return (await store.list('fault'))
    .filter(({ kind }) => kind === 'limit')
    .map(({ route, requests, period_seconds }) => ({
      route: String(route),
      requests: Number(requests),
      period_seconds: Number(period_seconds),
    }));
}

/** Adds a limit, or replaces that of its route. */
export async function setLimit(store: Store, limit: Limit): Promise<void> {
  await store.write((writer) => writer.put('fault', idOf(limit), { kind: 'limit', ...limit } satisfies JsonObject));
}

/** Removes the limit of a route, or all. Returns how many there were. */
export async function removeLimits(store: Store, route?: string): Promise<number> {
  return store.write(async (writer) => {
    const removed = (await limitsOf(writer)).filter((limit) => route === undefined || limit.route === route);
    for (const limit of removed) writer.remove('fault', idOf(limit));
    return removed.length;
  });
}

/** The buckets of a tenant's limits, in this process. */
export function limitBuckets(clock: () => number) {
  const buckets = new Map<string, { readonly key: string; readonly bucket: Bucket }>();
  /** A changed limit begins with a full bucket. */
  const bucketOf = (limit: Limit): Bucket => {
    const key = `${limit.requests}/${limit.period_seconds}`;
    const known = buckets.get(limit.route);
    if (known?.key === key) return known.bucket;
    const made = bucket(rateOf(limit), clock);
    buckets.set(limit.route, { key, bucket: made });
    return made;
  };
  return {
    /** Takes a request out of the first bucket whose route it matches. Undefined where no limit is for it. */
    async take(store: StoreReader, moment: Moment, { method }: Request, path: string) {
      if (method === 'OPTIONS') return undefined;
      const limit = (await limitsOf(store)).find(({ route }) => routeMatches(route, path));
      return limit && bucketOf(limit).take(moment);
    },
  };
}

function rateOf({ requests, period_seconds }: Limit): RateLimit {
  return { burst: requests, perSecond: requests / period_seconds };
}

function idOf({ route }: Limit): string {
  return `limit ${route}`;
}
