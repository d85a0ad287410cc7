import { Hono } from 'hono/quick';
import { anonymousLogoutPath, anonymousLogoutRequest } from '../../wire/anonymous-logout.ts';
import {
  type AnonymousTokenRequest,
  type AnonymousTokenResponse,
  anonymousTokenPath,
  anonymousTokenRequest,
  anonymousTransferAudience,
} from '../../wire/anonymous-token.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { hasValidAssertion } from '../clients/assertion.ts';
import {
  type ClientCredentials,
  CredentialsError,
  challengeFor,
  readClientCredentials,
  sameSecret,
} from '../clients/authentication.ts';
import { guestAccess } from '../guests/access-token.ts';
import { type ApiForGuests, checkGuestsAllowed, findApi, grantScopes } from '../guests/gates.ts';
import { guestCookie, nextSession, readSession, sessionSettings } from '../guests/session.ts';
import { writeSessionToken } from '../guests/session-token.ts';
import { writeTransferTicket } from '../guests/transfer-ticket.ts';
import { noteTokens } from '../http/noted-tokens.ts';
import { anonymousTokenRefusal, type Refusal } from '../http/refusal.ts';
import { readOauthBody } from '../http/request-body.ts';
import { completeResponse } from '../http/response.ts';
import { clearedCookies, sessionCookies } from '../http/session-cookie.ts';
import type { Random } from '../random.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import type { Store } from '../store/store.ts';
import { signToken } from '../tokens/signed-token.ts';
import type { CorsVariables } from './cors.ts';

const uncached = { 'cache-control': 'no-store' };

/**
 * POST /anonymous/token: creates a guest session, or updates or renews the session whose token the request has. The
 * checks run in this order: body, client, client authentication, feature, application, session token, audience, scope,
 * metadata. @see wire contract, section 2
 */
export function anonymousTokenRoute({ store, random }: TenantScope): Hono<CorsVariables> {
  return new Hono<CorsVariables>().post(anonymousTokenPath, async (c) => {
    const moment = c.env;
    const authorization = c.req.header('authorization') ?? null;
    const { body, credentials } = readRequest(moment.edition, await readOauthBody(c.req.raw), authorization);
    c.set('clientId', credentials.clientId);
    note(moment, { clientId: credentials.clientId, audience: body.audience, scope: body.scope });
    noteTokens(moment, 'presented', { session_token: body.session_token });
    const client = await authenticate(store, moment, credentials, c.req.url);
    // The application's own id, and not its copy in the request, which would stay in memory.
    note(moment, { clientId: String(client.client_id), app: String(client.name) });
    checkGuestsAllowed(moment, client);
    const before = readSession(moment, { body, cookies: c.req.header('cookie') }, client);
    note(moment, { guest: before?.user_id });
    if (moment.edition.mintsTransferTickets && body.audience === anonymousTransferAudience) {
      const ticket = ticketFor(moment, random, before);
      note(moment, { session: 'transferred' });
      noteTokens(moment, 'issued', { anon_transfer_token: ticket });
      return c.json({ anon_transfer_token: ticket }, 200, uncached);
    }
    const api = await findApi(store, moment, body, client);
    const granted = grantScopes(api.scopes, body.scope);
    const session = nextSession(moment, random, body, client, before);
    note(moment, { audience: api.audience, guest: session.user_id, session: happened(moment, before) });
    const tokens = await answer(moment, random, { request: body, session, before, api, granted });
    noteTokens(moment, 'issued', tokens);
    return completeResponse(tokens, moment.commonHeaders, uncached, cookiesFor(moment, tokens));
  });
}

function happened({ edition }: Moment, before: SessionTokenClaims | undefined) {
  if (!before) return 'created';
  return edition.updatesMetadata ? 'updated' : 'renewed';
}

/** Assumed: a request without a session is refused. */
function ticketFor(moment: Moment, random: Random, session: SessionTokenClaims | undefined): string {
  if (session) return writeTransferTicket(moment, random, session);
  throw anonymousTokenRefusal('invalid_request', 'session_token is required for a transfer token.');
}

/** With the cookie enabled, every response with a session token sets it. */
function cookiesFor(moment: Moment, tokens: AnonymousTokenResponse): string[] {
  const { session_token: token, session_expires_in: left } = tokens;
  if (token === undefined || left === undefined || sessionSettings(moment).cookie !== true) return [];
  return sessionCookies(guestCookie, token, left);
}

interface Grant {
  readonly request: AnonymousTokenRequest;
  readonly session: SessionTokenClaims;
  readonly before: SessionTokenClaims | undefined;
  readonly api: ApiForGuests;
  readonly granted: readonly string[];
}

async function answer(moment: Moment, random: Random, grant: Grant): Promise<AnonymousTokenResponse> {
  const { edition, keys, nowSeconds } = moment;
  const { request, session, api } = grant;
  const granted = grant.granted.join(' ');
  const sessionLeft = (session.exp ?? Number.POSITIVE_INFINITY) - nowSeconds;
  const access = guestAccess(moment, random, { session, api, scope: granted });
  const format = { format: sessionSettings(moment).tokenFormat, prefix: edition.sessionTokenPrefix };
  const isNew = grant.before === undefined || edition.updatesMetadata;
  const [sessionToken, accessToken] = await Promise.all([
    isNew ? writeSessionToken(keys, random, format, session) : undefined,
    signToken(keys, 'JWT', access.claims),
  ]);
  // Undefined members are left out of the JSON text.
  return {
    session_token: sessionToken,
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: access.lifetimeSeconds,
    session_expires_in: edition.reportsSessionLifetime ? sessionLeft : undefined,
    scope: granted === request.scope ? undefined : granted,
  };
}

interface ReadRequest {
  readonly body: AnonymousTokenRequest;
  readonly credentials: ClientCredentials;
}

/** @throws {Refusal} invalid_request */
function readRequest(edition: Edition, members: JsonObject, authorization: string | null): ReadRequest {
  try {
    const named = authorization
      ? { ...members, client_id: members.client_id ?? basicClientId(authorization) }
      : members;
    const checked = check(anonymousTokenRequest, knownMembers(edition, named));
    if (!checked.ok) throw anonymousTokenRefusal('invalid_request', `${checked.problem}.`);
    return { body: checked.value, credentials: readClientCredentials(authorization, checked.value) };
  } catch (error) {
    if (error instanceof CredentialsError) throw anonymousTokenRefusal('invalid_request', error.message);
    throw error;
  }
}

/** An edition ignores the members it does not know, whatever their type. */
function knownMembers({ acceptsUserId }: Edition, members: JsonObject): JsonObject {
  if (acceptsUserId || !('user_id' in members)) return members;
  const { user_id: _, ...others } = members;
  return others;
}

/** With HTTP Basic the header has the client id, and the body may leave it out. */
function basicClientId(authorization: string): string | undefined {
  return readClientCredentials(authorization, {}).clientId;
}

/**
 * Authenticates the application of a request. A secret is accepted in the body and in the header, whichever of the two
 * `token_endpoint_auth_method` is set to. @throws {Refusal} invalid_client
 */
async function authenticate(
  store: Store,
  moment: Moment,
  credentials: ClientCredentials,
  url: string,
): Promise<JsonObject> {
  const client = await store.get('client', credentials.clientId ?? '');
  if (client === undefined || client.global === true) throw authenticationFailed(credentials);
  if (credentials.assertion || client.client_authentication_methods !== undefined) {
    if (await hasValidAssertion(store, moment, { client, credentials, url })) return client;
    throw authenticationFailed(credentials);
  }
  if (credentials.secret === undefined && client.token_endpoint_auth_method === 'none') return client;
  if (!sameSecret(credentials.secret, client.client_secret)) throw authenticationFailed(credentials);
  return client;
}

function authenticationFailed(credentials: ClientCredentials): Refusal {
  return anonymousTokenRefusal('invalid_client', 'Client authentication failed.', challengeFor(credentials));
}

/** Refused in the body, because logging out revokes no token. */
const refusedMembers = ['session_token', 'client_secret'];

/** POST /anonymous/logout. Assumed: an edition without a cookie has it too, because SDKs call it. @see wire contract, section 3 */
export function anonymousLogoutRoute({ store }: TenantScope): Hono<CorsVariables> {
  return new Hono<CorsVariables>().post(anonymousLogoutPath, async (c) => {
    const members = await readOauthBody(c.req.raw);
    const refused = refusedMembers.find((name) => name in members);
    if (refused) throw anonymousTokenRefusal('invalid_request', `${refused} cannot be provided.`);
    const checked = check(anonymousLogoutRequest, members);
    if (!checked.ok) throw anonymousTokenRefusal('invalid_request', `${checked.problem}.`);
    const { client_id: clientId } = checked.value;
    c.set('clientId', clientId);
    note(c.env, { clientId });
    if (clientId !== undefined) {
      const client = await store.get('client', clientId);
      // Assumed: a client id in the request must exist.
      if (!client) throw anonymousTokenRefusal('invalid_client', 'Unknown client.');
      note(c.env, { app: String(client.name) });
    }
    const cleared = c.env.edition.hasCookie && { 'set-cookie': clearedCookies(guestCookie) };
    return c.body(null, 204, { ...cleared, 'cache-control': 'no-store' });
  });
}
