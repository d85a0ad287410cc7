import { Hono } from 'hono/quick';
import {
  type AnonymousTokenRequest,
  type AnonymousTokenResponse,
  anonymousTokenPath,
  anonymousTransferAudience,
} from '../../wire/anonymous-token.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { guestAccess } from '../guests/access-token.ts';
import { type ApiForGuests, checkGuestsAllowed, findApi, grantScopes } from '../guests/gates.ts';
import { guestCookie, nextSession, readSession, sessionSettings } from '../guests/session.ts';
import { writeSessionToken } from '../guests/session-token.ts';
import { writeTransferTicket } from '../guests/transfer-ticket.ts';
import { noteTokens } from '../http/noted-tokens.ts';
import { anonymousTokenRefusal } from '../http/refusal.ts';
import { completeResponse } from '../http/response.ts';
import { sessionCookies } from '../http/session-cookie.ts';
import type { Random } from '../random.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import { signToken } from '../tokens/signed-token.ts';
import { authenticate, readMembers, readRequest } from './anonymous-request.ts';
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
    const { body, credentials } = readRequest(moment.edition, await readMembers(c.req.raw), authorization);
    c.set('clientId', credentials.clientId);
    note(moment, { clientId: credentials.clientId, audience: body.audience, scope: body.scope });
    noteTokens(moment, 'presented', { session_token: body.session_token });
    const client = await authenticate(store, moment, credentials, c.req.url);
    note(moment, { app: String(client.name) });
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
    note(moment, { guest: session.user_id, session: happened(moment, before) });
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
