import { lifetimeArgument } from '../../domain/duration.ts';
import type { Fault } from '../../local/faults/fault.ts';
import type { Limit } from '../../local/faults/limit.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { table } from './rows.ts';

/** An application that a fault may be for. */
export interface FaultApp {
  readonly name: string;
  readonly clientId: string;
}

export function renderFaults(paint: Paint, faults: readonly Fault[], apps: readonly FaultApp[]): string {
  return table(
    paint,
    ['FAULT', 'DOES', 'REQUESTS', 'HIT'],
    faults.map((fault) => [printable(fault.name), effectOf(fault), requestsOf(fault, apps), hitsOf(fault)]),
  );
}

/** What it does to which requests: `status 429, try again after 2s, for POST /anonymous/token, at most 3`. */
export function describeFault(fault: Fault, apps: readonly FaultApp[]): string {
  return `${effectOf(fault)}, for ${requestsOf(fault, apps)}`;
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

function requestsOf({ route, method, client_id, rate, after, count }: Fault, apps: readonly FaultApp[]): string {
  const app = apps.find(({ clientId }) => clientId === client_id)?.name ?? client_id;
  const from = app === undefined ? '' : ` from ${printable(app)}`;
  return [
    `${method === undefined ? '' : `${method} `}${routeName(route)}${from}`,
    rate === undefined ? '' : `${Number((100 * rate).toPrecision(4))}% of the requests`,
    after === undefined ? '' : `after the first ${after}`,
    count === undefined ? '' : `at most ${count}`,
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
