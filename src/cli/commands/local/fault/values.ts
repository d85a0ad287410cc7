import { parseDuration } from '../../../../domain/duration.ts';
import { AnonError } from '../../../../errors.ts';
import { faultLimits, faultMethods, faultNameForm } from '../../../../wire/tenant-faults.ts';

/** A status that a response can have. @throws {AnonError} `usage` */
export function parseStatus(text: string): number {
  const status = Number(text);
  if (/^\d{3}$/.test(text) && status >= 200 && status <= 599) return status;
  throw wrong(text, 'HTTP status', 'Give a number from 200 to 599: --status 503');
}

/** In milliseconds. A bare number could be seconds or milliseconds. @throws {AnonError} `usage` */
export function parseLatency(text: string): number {
  if (/^0*[1-9]\d*$/.test(text))
    throw wrong(text, 'latency', `Give its unit: ${text.slice(0, 7)}ms or ${text.slice(0, 7)}s`);
  const [, milliseconds] = /^(\d{1,7})ms$/.exec(text) ?? [];
  const ms = milliseconds === undefined ? 1000 * parseDuration(text, '800ms, 2s or 1m') : Number(milliseconds);
  if (ms > 0 && ms <= 1000 * faultLimits.seconds) return ms;
  throw wrong(text, 'latency', 'Give 1ms to 1h: --latency 800ms');
}

/** In seconds. @throws {AnonError} `usage` */
export function parseRetryAfter(text: string): number {
  const seconds = parseDuration(text, '2, 30s or 1m');
  if (seconds <= faultLimits.seconds) return seconds;
  throw wrong(text, 'time to try again', 'Give at most 1h: --retry-after 2');
}

/** A share from 0 to 1. @throws {AnonError} `usage` */
export function parseRate(text: string): number {
  const [, number = '', percent] = /^(\d{1,3}(?:\.\d{1,9})?|\.\d{1,9})(%?)$/.exec(text) ?? [];
  const rate = percent ? Number(number) / 100 : Number(number);
  if (number !== '' && rate <= 1) return rate;
  throw wrong(text, 'rate', 'Give a number from 0 to 1, or a percentage: --rate 0.2');
}

/** How many requests are hit. @throws {AnonError} `usage` */
export function parseCount(text: string): number {
  const count = requestsIn(text);
  if (count) return count;
  throw wrong(text, 'number of requests', `Give 1 to ${faultLimits.requests}: --count 3`);
}

/** How many requests pass. @throws {AnonError} `usage` */
export function parseAfter(text: string): number {
  const after = requestsIn(text);
  if (after !== undefined) return after;
  throw wrong(text, 'number of requests', `Give 0 to ${faultLimits.requests}: --after 10`);
}

function requestsIn(text: string): number | undefined {
  const number = Number(text);
  return /^\d{1,10}$/.test(text) && number <= faultLimits.requests ? number : undefined;
}

/** @throws {AnonError} `usage` */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d{1,15}$/.test(text)) return seed;
  throw wrong(text, 'seed', 'Give a whole number: --seed 42');
}

/** @throws {AnonError} `usage` */
export function parseMethod(text: string): string {
  const method = text.toUpperCase();
  if (faultMethods.includes(method)) return method;
  throw wrong(text, 'method', `Methods: ${faultMethods.join(', ')}`);
}

/** Stands in logs and on command lines, so it has no spaces. @throws {AnonError} `usage` */
export function parseFaultName(text: string): string {
  if (faultNameForm.test(text)) return text;
  throw wrong(text, 'name for a fault', "Use up to 40 letters, digits, '_', '-' and '.'.");
}

const periods = { s: 1, m: 60, h: 3600 } as const;

/** `30/m`: requests in a second, a minute or an hour. @throws {AnonError} `usage` */
export function parseLimit(text: string): { requests: number; period_seconds: number } {
  const [, number, period] = /^(\d{1,6})\/([smh])$/.exec(text) ?? [];
  const requests = Number(number ?? 0);
  if (requests > 0) return { requests, period_seconds: periods[period as keyof typeof periods] };
  throw wrong(text, 'limit', 'Give 1 to 999999 requests and a period: 5/s, 30/m, 1000/h; or off');
}

function wrong(text: string, what: string, hint: string): AnonError {
  return new AnonError('usage', `'${text.slice(0, 40)}' is not a valid ${what}.`, { hint });
}
