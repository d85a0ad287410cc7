import type { RecordedRequest, RequestFilter, RequestQuery, RequestsAnswer } from '../../wire/recorded-request.ts';
import type { ServedRequest } from '../http/served-request.ts';
import type { RequestRing, RingEntry } from './request-ring.ts';

/** The endpoint of a request, undefined for none. */
export type RouteOf = (served: Pick<ServedRequest, 'method' | 'path'>) => string | undefined;

/**
 * The requests that the query asks for, in their order. Without any, waits for the next, until the query's time is up or nobody
 * listens any more. Undefined where `since` has not been reached, so that it is from another server.
 */
export async function requestsAnswer(
  ring: RequestRing,
  query: RequestQuery,
  { routeOf, unwanted }: { readonly routeOf: RouteOf; readonly unwanted: AbortSignal },
): Promise<RequestsAnswer | undefined> {
  const { since, limit, waitSeconds } = query;
  if (since !== undefined && since > ring.next) return undefined;
  const isWanted = ({ served }: RingEntry) => matches(served, query, routeOf);
  let { found, next } = since === undefined && waitSeconds > 0 ? none(ring) : entries(ring, { since, limit }, isWanted);
  // Counted now: the ring turns on while this waits.
  const lost = since === undefined ? 0 : Math.max(0, ring.first - since);
  if (found.length === 0 && waitSeconds > 0) {
    const entry = await ring.wait(isWanted, waitSeconds * 1000, unwanted);
    if (entry) ({ found, next } = { found: [entry], next: entry.seq + 1 });
    else next = ring.next;
  }
  const requests = await Promise.all(found.map((entry) => recorded(entry, routeOf)));
  return { requests, next, ...(lost > 0 && { lost }) };
}

interface Found {
  readonly found: readonly RingEntry[];
  readonly next: number;
}

function none({ next }: RequestRing): Found {
  return { found: [], next };
}

/** The first ones from `since` on, otherwise the last ones. */
function entries(
  ring: RequestRing,
  { since, limit }: Pick<RequestQuery, 'since' | 'limit'>,
  isWanted: (entry: RingEntry) => boolean,
): Found {
  const found: RingEntry[] = [];
  const [first, next] = [ring.first, ring.next];
  const isForward = since !== undefined;
  const start = isForward ? Math.max(first, since) : next - 1;
  for (let seq = start; seq >= first && seq < next && found.length < limit; seq += isForward ? 1 : -1) {
    const entry = ring.at(seq);
    if (entry && isWanted(entry)) found.push(entry);
  }
  if (!isForward) return { found: found.reverse(), next };
  return { found, next: found.length < limit ? next : (found.at(-1)?.seq ?? next) + 1 };
}

function matches(served: ServedRequest, { path, status, app, guest }: RequestFilter, routeOf: RouteOf): boolean {
  if (path !== undefined && served.path !== path && routeOf(served) !== path) return false;
  const code = String(served.status);
  if (status !== undefined && code !== status && `${code[0]}xx` !== status) return false;
  if (app !== undefined && served.app !== app && served.clientId !== app) return false;
  return guest === undefined || served.guest === guest;
}

async function recorded(entry: RingEntry, routeOf: RouteOf): Promise<RecordedRequest> {
  const { seq, served, timeMs, durationMs } = entry;
  const explanation = await entry.explanation;
  return {
    ...{ seq, time: new Date(timeMs).toISOString(), duration_ms: durationMs },
    ...{ method: served.method, path: served.path, route: routeOf(served) ?? null, status: served.status },
    ...{ outcome: outcomeOf(served), error: served.error ?? null },
    ...{ gate: explanation?.gate ?? null, command: explanation?.command ?? null },
    ...{ client_id: served.clientId ?? null, app: served.app ?? null, audience: served.audience ?? null },
    ...{ scope: served.scope ?? null, guest: served.guest ?? null, user: served.user ?? null },
    refused_origin: served.refusedOrigin ?? null,
    ...{ fault: served.fault ?? null, unanswered: served.unanswered ?? false },
    tokens: [...(served.tokens ?? [])],
    actions: [...(served.actions ?? [])],
  };
}

/** A login may fail with a redirect to the application, so the error counts, not the status alone. */
function outcomeOf({ status, session, error }: ServedRequest): RecordedRequest['outcome'] {
  if (status >= 500) return 'failed';
  if (status >= 400 || error !== undefined) return 'refused';
  return session ?? 'answered';
}

interface Route {
  readonly method: string;
  readonly path: string;
}

/**
 * Finds the endpoint of a request among the routes, as `/api/v2/clients/{id}`: one without a part that varies first. A HEAD request
 * is for the endpoint of GET, and one with a method that an endpoint lacks is still for it.
 */
export function routeFinder(routes: readonly Route[]): RouteOf {
  const endpoints = [...new Set(routes.filter(({ path }) => !path.includes('*')).map(({ path }) => path))]
    .sort((one, other) => Number(one.includes(':')) - Number(other.includes(':')))
    .map((path) => ({ name: path.replaceAll(/:(\w+)/g, '{$1}'), parts: path.split('/') }));
  return ({ path }) => {
    const parts = path.split('/');
    return endpoints.find((endpoint) => fits(endpoint.parts, parts))?.name;
  };
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  if (pattern.length !== parts.length) return false;
  return pattern.every((part, index) => (part.startsWith(':') ? parts[index] !== '' : part === parts[index]));
}
