import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import type { WorldGuest, WorldGuestTokens, WorldPath, WorldProblem } from '../../wire/tenant-world.ts';
import { guestAccess } from '../guests/access-token.ts';
import { type ApiForGuests, checkGuestsAllowed, findApi, grantScopes } from '../guests/gates.ts';
import { nextSession, sessionSettings } from '../guests/session.ts';
import { readSessionToken, writeSessionToken } from '../guests/session-token.ts';
import { isRefusal } from '../http/refusal.ts';
import type { Random } from '../random.ts';
import type { Moment } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { signToken } from '../tokens/signed-token.ts';
import { clientNamed, clientsOf } from './apps.ts';

/** The session tokens that this machine has saved for the guests of a world, by the guest's name. */
export type SavedTokens = Readonly<Record<string, string>>;

/** A guest whom the tenant would accept. */
export interface PlannedGuest {
  readonly guest: WorldGuest;
  readonly client: JsonObject;
  readonly api: ApiForGuests;
  readonly scopes: readonly string[];
  readonly session: SessionTokenClaims;
  /** What is saved is this guest, and needs no new tokens. */
  readonly unchanged: boolean;
}

interface Planning {
  readonly reader: StoreReader;
  readonly moment: Moment;
  readonly saved: SavedTokens;
  readonly randomFor: (name: string) => Random;
  readonly refuse: (path: WorldPath, message: string, hint?: string) => void;
}

/** Lets each guest through the gates, as a request would. What keeps one out is a problem of the world. */
export async function planGuests(planning: Planning, guests: readonly WorldGuest[]): Promise<PlannedGuest[]> {
  const planned: PlannedGuest[] = [];
  for (const guest of guests) {
    const one = await planGuest(planning, guest);
    if ('problem' in one) planning.refuse(one.problem.path, one.problem.message, one.problem.hint);
    else planned.push(one);
  }
  return planned;
}

async function planGuest(
  { reader, moment, saved, randomFor }: Planning,
  guest: WorldGuest,
): Promise<PlannedGuest | { readonly problem: WorldProblem }> {
  let at = 'app';
  try {
    const clients = guest.app === undefined ? await clientsOf(reader) : await clientNamed(reader, guest.app);
    const client = decided(guest, { key: 'app', noun: 'application', given: guest.app }, clients);
    if (isProblem(client)) return client;
    checkGuestsAllowed(moment, client);
    at = 'api';
    const audiences = guest.api === undefined ? await openAudiences(reader, moment) : [guest.api];
    const audience = decided(guest, { key: 'api', noun: 'open API', given: guest.api }, audiences);
    if (typeof audience !== 'string') return audience;
    const api = await findApi(reader, moment, { client_id: '', audience }, client);
    at = 'scopes';
    const scopes = grantScopes(api.scopes, guest.scopes?.join(' '));
    at = 'metadata';
    const began = atAge(moment, guest);
    const before = savedSession(moment, client, saved[guest.name]);
    const pinned = guest.id === undefined ? undefined : `${moment.edition.guestIdPrefix}${guest.id}`;
    const request = { client_id: '', user_id: pinned ?? before?.user_id, metadata: guest.metadata };
    const session = nextSession(began, randomFor(`guest ${guest.name}`), request, client, undefined);
    const unchanged = before !== undefined && isSameGuest(moment, before, session);
    return { guest, client, api, scopes, session, unchanged };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { error: code, error_description: why = 'It was refused.' } = error.body as Readonly<Record<string, string>>;
    const message = `The tenant would refuse this guest: ${why}`;
    const hint = code === undefined ? undefined : openings[code];
    return { problem: { path: ['guests', guest.name, at], message, hint } };
  }
}

/** What opens the gate behind an error code, in the words of a world. */
const openings: Readonly<Record<string, string>> = {
  unauthorized_client: 'Let the application have guests: enabled: true',
  invalid_target: 'Let the API accept guests: open: true',
};

function isProblem(found: object): found is { readonly problem: WorldProblem } {
  return 'problem' in found;
}

/** Which application or API a guest is for, where one word of the world, or the tenant, decides it. */
function decided<Found>(
  { name }: WorldGuest,
  { key, noun, given }: { readonly key: 'app' | 'api'; readonly noun: string; readonly given: string | undefined },
  found: readonly Found[],
): Found | { readonly problem: WorldProblem } {
  const [one] = found;
  if (one !== undefined && found.length === 1) return one;
  const path = ['guests', name, key];
  if (found.length > 1) {
    return { problem: { path, message: `The tenant has ${found.length} such ${noun}s.`, hint: `Name one: ${key}` } };
  }
  const which = given === undefined ? '' : ` '${given.slice(0, 60)}'`;
  const hint = key === 'api' && given === undefined ? openings.invalid_target : undefined;
  return { problem: { path, message: `The tenant has no ${noun}${which} for this guest.`, hint } };
}

async function openAudiences(reader: StoreReader, { edition }: Moment): Promise<string[]> {
  const servers = await reader.list('resource_server');
  return servers
    .filter((server) => edition.resourceServer.read(server).enabled)
    .map(({ identifier }) => String(identifier));
}

/** The moment when a guest's session began. */
function atAge(moment: Moment, { ageSeconds }: WorldGuest): Moment {
  return { ...moment, nowSeconds: moment.nowSeconds - ageSeconds };
}

function savedSession(
  { keys, edition, issuer }: Moment,
  client: JsonObject,
  token: string | undefined,
): SessionTokenClaims | undefined {
  const session = token === undefined ? undefined : readSessionToken(keys, edition, token);
  return session && session.client_id === client.client_id && session.iss === issuer ? session : undefined;
}

/** An age is that of the session when the world was put in; only one that ended in the meantime begins again. */
function isSameGuest({ nowSeconds }: Moment, before: SessionTokenClaims, wanted: SessionTokenClaims): boolean {
  const isOver = ({ exp }: SessionTokenClaims) => exp !== undefined && exp <= nowSeconds;
  return (
    before.user_id === wanted.user_id &&
    isDeepStrictEqual(before.metadata, wanted.metadata) &&
    isOver(before) === isOver(wanted)
  );
}

/** The tokens of a planned guest. An access token is new, unless its session has ended: then it has, too. */
export async function tokensFor(moment: Moment, random: Random, planned: PlannedGuest): Promise<WorldGuestTokens> {
  const { edition, keys, nowSeconds } = moment;
  const { guest, client, api, scopes, session } = planned;
  const hasEnded = session.exp !== undefined && session.exp <= nowSeconds;
  const issued = hasEnded ? atAge(moment, guest) : moment;
  const { claims, lifetimeSeconds } = guestAccess(issued, random, { session, api, scope: scopes.join(' ') });
  const format = { format: sessionSettings(moment).tokenFormat, prefix: edition.sessionTokenPrefix };
  return {
    ...{ name: guest.name, guestId: session.user_id, metadata: session.metadata },
    ...{ clientId: session.client_id, appName: String(client.name ?? session.client_id) },
    ...{ audience: api.audience, apiName: api.name, scope: guest.scopes?.join(' ') },
    sessionToken: await writeSessionToken(keys, random, format, session),
    accessToken: await signToken(keys, 'JWT', claims),
    createdAt: session.iat,
    accessEndsAt: issued.nowSeconds + lifetimeSeconds,
    sessionEndsAt: session.exp ?? null,
  };
}
