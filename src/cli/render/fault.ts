import { lifetimeArgument } from '../../domain/duration.ts';
import type { Fault } from '../../local/faults/fault.ts';
import type { Limit } from '../../local/faults/limit.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { table } from './rows.ts';

export function renderFaults(paint: Paint, faults: readonly Fault[]): string {
  return table(
    paint,
    ['FAULT', 'DOES', 'REQUESTS', 'HIT'],
    faults.map((fault) => [printable(fault.name), effectOf(fault), requestsOf(fault), hitsOf(fault)]),
  );
}

/** What it does to which requests: `status 429, try again after 2s, for POST /anonymous/token, 3 times`. */
export function describeFault(fault: Fault): string {
  return `${effectOf(fault)}, for ${requestsOf(fault)}`;
}

export function renderLimits(paint: Paint, limits: readonly Limit[]): string {
  return table(
    paint,
    ['ROUTE', 'LIMIT'],
    limits.map(({ route, requests, period_seconds }) => [
      routeName(route),
      `${requests} ${requests === 1 ? 'request' : 'requests'} per ${periods[period_seconds] ?? `${period_seconds}s`}`,
    ]),
  );
}

const periods: Readonly<Record<number, string>> = { 1: 'second', 60: 'minute', 3600: 'hour' };

function effectOf({ kind, status, retry_after, body, latency_ms }: Fault): string {
  if (kind === 'latency') return `${latencyText(latency_ms ?? 0)} late`;
  if (kind === 'reset') return 'resets the connection';
  if (kind === 'truncate') return 'truncates the response';
  if (kind === 'drop') return 'never answers';
  const again = retry_after === undefined ? '' : `, try again after ${retry_after}s`;
  return `status ${status}${body === undefined ? '' : ' with its own body'}${again}`;
}

/** `800 ms`, `2s`, `1m`. */
function latencyText(ms: number): string {
  return ms % 1000 === 0 ? lifetimeArgument(ms / 1000) : `${ms} ms`;
}

function requestsOf({ route, method, client_id, rate, after, count }: Fault): string {
  return [
    method === undefined ? routeName(route) : `${method} ${routeName(route)}`,
    client_id === undefined ? '' : `of ${printable(client_id)}`,
    rate === undefined ? '' : `${Number((100 * rate).toPrecision(4))}% of them`,
    after === undefined ? '' : `after ${after}`,
    count === undefined ? '' : `${count} at most`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function hitsOf({ rate, count, after, seen, hit }: Fault): string {
  return (rate ?? count ?? after) === undefined ? '' : `${hit} of ${seen}`;
}

function routeName(route: string): string {
  return route === '*' ? 'all endpoints' : printable(route);
}
