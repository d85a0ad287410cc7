import type { MiddlewareHandler } from 'hono';
import type { MomentBindings } from '../scope.ts';
import { timeBy } from '../state/clock.ts';
import { anonymousTokenRefusal, managementRefusal } from './refusal.ts';

/** A token bucket: `burst` requests at once, refilled by `perSecond`. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Refuses requests over the limit with 429, `Retry-After` in seconds and the service's `x-ratelimit-*` headers, with the
 * reset in epoch seconds. @see management-api, section 6
 */
export function rateLimiter({ burst, perSecond }: RateLimit, clock: () => number): MiddlewareHandler<MomentBindings> {
  let left = burst;
  let filledAt = clock();
  return async (c, next) => {
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
      'x-ratelimit-reset': String(Math.ceil(timeBy(c.env.clock, now) / 1000) + secondsToNext),
    };
    if (!allowed) throw tooMany(c.req.path, { ...headers, 'retry-after': String(secondsToNext) });
    await next();
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
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

function tooMany(path: string, headers: Record<string, string>) {
  if (!path.startsWith('/api/v2/'))
    return anonymousTokenRefusal('too_many_requests', 'Global limit has been reached', headers);
  return managementRefusal(429, 'Global limit has been reached', 'too_many_requests', headers);
}
