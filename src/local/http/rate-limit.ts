import type { MiddlewareHandler } from 'hono';
import type { Moment, MomentBindings } from '../scope.ts';
import { timeBy } from '../state/clock.ts';
import { anonymousTokenRefusal, managementRefusal, type Refusal } from './refusal.ts';

/** A token bucket: `burst` requests at once, refilled by `perSecond`. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Refuses requests over the limit with 429, `Retry-After` in seconds and the service's `x-ratelimit-*` headers, with the
 * reset in epoch seconds. @see management-api, section 6
 */
export function rateLimiter(limit: RateLimit, clock: () => number): MiddlewareHandler<MomentBindings> {
  const { take } = bucket(limit, clock);
  return async (c, next) => {
    const { allowed, headers } = take(c.env);
    if (!allowed) throw tooMany(c.req.path, headers);
    await next();
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
  };
}

export interface Bucket {
  /** Takes a request out, if one is left. `headers` of its response. */
  take(moment: Pick<Moment, 'clock'>): {
    readonly allowed: boolean;
    readonly headers: Readonly<Record<string, string>>;
  };
}

/** Full at first. */
export function bucket({ burst, perSecond }: RateLimit, clock: () => number): Bucket {
  let left = burst;
  let filledAt = clock();
  return {
    take(moment) {
      const now = clock();
      left = Math.min(burst, left + ((now - filledAt) / 1000) * perSecond);
      filledAt = now;
      const allowed = left >= 1;
      if (allowed) left -= 1;
      const secondsToNext = Math.ceil(Math.max(0, 1 - left) / perSecond);
      const headers = {
        'x-ratelimit-limit': String(burst),
        'x-ratelimit-remaining': String(Math.floor(left)),
        // Clients compare it with the Date header, which is by the tenant's clock; the bucket fills by the machine's.
        'x-ratelimit-reset': String(Math.ceil(timeBy(moment.clock, now) / 1000) + secondsToNext),
      };
      return { allowed, headers: allowed ? headers : { ...headers, 'retry-after': String(secondsToNext) } };
    },
  };
}

/**
 * Gives every Management API response the headers of a limit that is never reached: clients that rely on the headers
 * find them, and no client has to wait.
 */
export function fullBucket(clock: () => number): MiddlewareHandler<MomentBindings> {
  return async (c, next) => {
    await next();
    c.header('x-ratelimit-limit', '1000');
    c.header('x-ratelimit-remaining', '999');
    c.header('x-ratelimit-reset', String(Math.ceil(timeBy(c.env.clock, clock()) / 1000) + 1));
  };
}

/** The service's refusal over its limit, in the format of the endpoint. */
export function tooMany(path: string, headers: Readonly<Record<string, string>>): Refusal {
  if (!path.startsWith('/api/v2/'))
    return anonymousTokenRefusal('too_many_requests', 'Global limit has been reached', headers);
  return managementRefusal(429, 'Global limit has been reached', 'too_many_requests', headers);
}
