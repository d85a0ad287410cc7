import { createHash } from 'node:crypto';
import type { JsonObject } from '../../wire/schema.ts';
import { assertedClientId } from '../clients/assertion.ts';
import { readClientCredentials } from '../clients/authentication.ts';
import { readBody } from '../http/request-body.ts';
import type { Store, StoreReader } from '../store/store.ts';
import { type Fault, faultsOf, isCounted } from './fault.ts';
import { routeMatches } from './route.ts';

/** The faults that hit a request: those of kind `latency`, and at most one of another kind, which is the last. */
export async function faultsThatHit(store: Store, request: Request, path: string): Promise<Fault[]> {
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
