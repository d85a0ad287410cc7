import { createHash } from 'node:crypto';
import { anonymousTokenPath } from '../../wire/anonymous-token.ts';
import { userinfoPath } from '../../wire/login.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { bodilessStatuses } from '../../wire/tenant-faults.ts';
import { assertedClientId } from '../clients/assertion.ts';
import { readClientCredentials } from '../clients/authentication.ts';
import { tooMany } from '../http/rate-limit.ts';
import { refusalAt } from '../http/refusal.ts';
import { readBody } from '../http/request-body.ts';
import { errorCodeOf } from '../http/served-request.ts';
import { type Breakage, withTransit } from '../http/transit.ts';
import { type Moment, note } from '../scope.ts';
import type { Store, StoreReader } from '../store/store.ts';
import { type Fault, faultsOf, isCounted } from './fault.ts';
import { limitBuckets } from './limit.ts';
import { routeMatches } from './route.ts';

/** A request on its way through the faults to the routes. */
export interface FaultyRequest {
  readonly request: Request;
  readonly path: string;
  readonly moment: Moment;
  /** The response of the routes. */
  readonly routed: () => Promise<Response>;
  /** Lets pages read a response that is not of the routes. */
  readonly readable: (response: Response) => Promise<Response>;
}

export type ThroughFaults = (faulty: FaultyRequest) => Promise<Response>;

/**
 * Answers requests with the tenant's faults and limits. A delay is for the response, whatever it is: the tenant answers at
 * once. With a reset or dropped connection, the routes see no request; with a truncated response they have answered it.
 */
export function throughFaults(store: Store, clock: () => number): ThroughFaults {
  const limits = limitBuckets(clock);
  const limited = async ({ request, path, moment, routed, readable }: FaultyRequest): Promise<Response> => {
    const taken = await limits.take(store, moment, request, path);
    if (!taken) return routed();
    if (!taken.allowed) {
      const refusal = tooMany(path, taken.headers);
      note(moment, { error: errorCodeOf(refusal.body) });
      return readable(refusal.response());
    }
    const response = await routed();
    for (const [name, value] of Object.entries(taken.headers)) response.headers.set(name, value);
    return response;
  };
  return async (faulty) => {
    const { request, path, moment, readable } = faulty;
    const faults = await faultsThatHit(store, request, path);
    if (faults.length === 0) return limited(faulty);
    const breakage = breakageOf(faults);
    const isUnanswered = breakage === 'reset' || breakage === 'drop';
    note(moment, { fault: faults.map(({ name }) => name).join(', '), ...(isUnanswered && { unanswered: true }) });
    const answering = faults.find(({ kind }) => kind === 'status');
    const respond = async () => {
      if (isUnanswered) return new Response(null, { status: 500 });
      if (!answering) return limited(faulty);
      const answer = answerOf(answering, path, moment.nowSeconds);
      // A fault of preflight requests is there to make them fail.
      return request.method === 'OPTIONS' ? answer : readable(answer);
    };
    const response = await respond();
    const delayMs = faults.reduce((sum, { latency_ms = 0 }) => sum + latency_ms, 0);
    return breakage === undefined && delayMs === 0 ? response : withTransit(response, { delayMs, breakage });
  };
}

function breakageOf(faults: readonly Fault[]): Breakage | undefined {
  const last = faults.at(-1)?.kind;
  return last === 'reset' || last === 'truncate' || last === 'drop' ? last : undefined;
}

/** The error code of an endpoint for a status, where it differs from OAuth's. @see wire contract, section 2, "Errors" */
const endpointCodes: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  [anonymousTokenPath]: { 403: 'unauthorized_client' },
  [userinfoPath]: { 401: 'unauthorized' },
};

/** OAuth's error code for a status; others are `server_error` from 500 on, and `invalid_request` below. */
const errorCodes: Readonly<Record<number, string>> = {
  401: 'invalid_client',
  403: 'access_denied',
  404: 'not_found',
  503: 'temporarily_unavailable',
};

/** The response of a fault of kind `status`: the endpoint's error with this status, or the fault's own body. */
function answerOf({ name, status = 500, retry_after, body }: Fault, path: string, nowSeconds: number): Response {
  const headers = {
    ...(retry_after !== undefined && { 'retry-after': String(retry_after) }),
    ...(status === 429 && limitReached(nowSeconds + (retry_after ?? 1))),
  };
  if (bodilessStatuses.includes(status)) return new Response(null, { status, headers });
  if (body !== undefined) {
    return new Response(body, { status, headers: { ...headers, 'content-type': typeOf(body) } });
  }
  if (status < 400) return new Response(null, { status, headers });
  if (status === 429) return tooMany(path, headers).response();
  const error =
    endpointCodes[path]?.[status] ?? errorCodes[status] ?? (status < 500 ? 'invalid_request' : 'server_error');
  return refusalAt(path, status, error, `The fault '${name}' of this tenant answers in its place.`, headers).response();
}

/** The service's headers; the limit is that of a tenant without one. */
function limitReached(resetSeconds: number): Record<string, string> {
  return {
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(resetSeconds),
  };
}

function typeOf(body: string): string {
  if (/^\s*</.test(body)) return 'text/html; charset=utf-8';
  try {
    JSON.parse(body);
    return 'application/json; charset=utf-8';
  } catch {
    return 'text/plain; charset=utf-8';
  }
}

/** The faults that hit a request: those of kind `latency`, and at most one of another kind, which is the last. */
async function faultsThatHit(store: Store, request: Request, path: string): Promise<Fault[]> {
  const faults = (await faultsOf(store)).filter((fault) => isFor(fault, request, path));
  const clientId = faults.some(({ client_id }) => client_id !== undefined) ? await clientIdOf(request) : undefined;
  const hitting: Fault[] = [];
  for (const fault of faults) {
    if (fault.client_id !== undefined && fault.client_id !== clientId) continue;
    if (!(await hits(store, fault))) continue;
    hitting.push(fault);
    if (fault.kind !== 'latency') break;
  }
  return hitting;
}

function isFor({ route, method }: Fault, request: Request, path: string): boolean {
  if (method === undefined ? request.method === 'OPTIONS' : request.method !== method) return false;
  return routeMatches(route, path);
}

/**
 * Whether a fault hits the next request that it is for. The count is in the state, so that it is right for all processes
 * together, and also where each is a command that makes one request.
 */
async function hits(store: Store, fault: Fault): Promise<boolean> {
  if (!isCounted(fault)) return true;
  if (isUsedUp(fault)) return false;
  return store.write(async (writer) => {
    const now = await current(writer, fault.id);
    if (!now || isUsedUp(now)) return false;
    const isHit = isHitNext(now);
    writer.put('fault', now.id, { ...now, seen: now.seen + 1, hit: now.hit + (isHit ? 1 : 0) } satisfies JsonObject);
    return isHit;
  });
}

async function current(store: StoreReader, id: string): Promise<Fault | undefined> {
  return (await store.get('fault', id)) as Fault | undefined;
}

function isUsedUp({ hit, count = Number.POSITIVE_INFINITY }: Fault): boolean {
  return hit >= count;
}

function isHitNext({ seed, seen, rate = 1, after = 0 }: Fault): boolean {
  return seen >= after && draw(seed, seen) < rate;
}

/** A number from 0 to below 1 that looks random: always the same for a seed and the number of a request. */
function draw(seed: number, nth: number): number {
  const digest = createHash('sha256').update(`${seed} ${nth}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

/**
 * The client id of the application that makes a request, unverified: from its credentials, its parameters or its access token.
 * Undefined where the request names none. Leaves the body for the route.
 */
async function clientIdOf(request: Request): Promise<string | undefined> {
  const authorization = request.headers.get('authorization');
  const query = new URL(request.url).searchParams;
  const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? query.get('access_token');
  if (token !== null) return clientIdIn(token);
  const inQuery = query.get('client_id');
  if (inQuery !== null) return inQuery;
  const members = request.body === null ? {} : textsIn(await readBody(request.clone()).catch((): JsonObject => ({})));
  try {
    const { clientId, assertion } = readClientCredentials(authorization, members);
    return clientId ?? assertedClientId(assertion) ?? clientIdIn(members.access_token);
  } catch {
    // The route refuses it.
    return undefined;
  }
}

function textsIn(members: JsonObject): Partial<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, string] => typeof member[1] === 'string'),
  );
}

/** The application that an access token was issued to. @see OpenID Connect Core, section 2, `azp`; RFC 9068, section 2.2 */
function clientIdIn(token = ''): string | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const clientId = claims.azp ?? claims.client_id;
    return typeof clientId === 'string' ? clientId : undefined;
  } catch {
    return undefined;
  }
}
