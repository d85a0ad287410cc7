import { AnonError, isAnonError, withHint } from '../../errors.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import type { Profile } from '../profile/profile.ts';
import { decodeTokens, sessionToSave } from './decoded-tokens.ts';
import { checkCreation } from './edition-limits.ts';
import {
  isAccessTokenFresh,
  isExpired,
  isFromOtherIssuer,
  isFromTheFuture,
  replacing,
  type SavedSession,
  secondsUntil,
} from './saved-session.ts';
import { failureOf, locked, noSessionToken, type SessionPorts, type SessionTarget, saveExpiry } from './target.ts';
import { createSession, type RequestOptions, tokenRequest } from './token-request.ts';
import { continueSession, newGuestText } from './update.ts';

/** A session with a fresh access token, and where that comes from: it was saved, was renewed, or belongs to a new guest. */
export interface FreshSession {
  readonly session: SavedSession;
  readonly origin: 'kept' | 'renewed' | 'created';
  /** Why saving failed. Show the token before throwing this, or the token is lost. */
  readonly saveFailure?: { readonly error: unknown } | undefined;
}

export interface FreshRequest extends RequestOptions {
  /** Create a session for a new guest if the saved one can't be renewed. */
  readonly create?: boolean | undefined;
}

interface Access {
  readonly tenant: TenantConnection;
  readonly profile: Profile;
}

/** Whether the access token of a session is fresh and matches the request. */
export function matches({ app, api, scope }: RequestOptions, session: SavedSession, nowMs: number): boolean {
  return (
    isAccessTokenFresh(session, nowMs) &&
    (app === undefined || app === session.clientId || app === session.appName) &&
    (api === undefined || api === session.audience || api === session.apiName) &&
    (scope === undefined || scope === session.scope)
  );
}

/**
 * Whether the local tenant issued the access token before its issuer changed, or before its clock was set back. Other tenants may
 * use any issuer, and their clock is not known exactly.
 */
export function isOutdated({ tenant, profile }: Access, session: SavedSession): boolean {
  if (profile.domain !== undefined) return false;
  return isFromOtherIssuer(session, tenant.issuer) || isFromTheFuture(session, tenant.clock.now());
}

/**
 * The saved session where its access token matches, otherwise renewed, otherwise with `create` one of a new guest; the
 * result is saved. Warns of a new guest, and of an access token that is valid for less than a minute.
 * @param known the session as it was read before the lock; used as it is where nothing is saved
 * @param defaults the application and the API of a new guest
 * @throws {AnonError} `token_unacceptable` when the session has expired and no other may be created
 */
export async function freshSession(
  ports: SessionPorts,
  access: Access,
  target: SessionTarget,
  {
    known,
    request,
    forNewGuest,
  }: { known: SavedSession | undefined; request: FreshRequest; forNewGuest: RequestOptions },
): Promise<FreshSession> {
  const { sessions, warn, clock } = ports;
  const { name, saves } = target;
  return locked(ports, target, async () => {
    const before = saves ? await sessions.get(name) : known;
    const found = await reuseOrRequest(ports, access, target, { before, request, forNewGuest });
    const { session, origin } = found;
    warnOfShortLife(session, clock.now(), warn);
    if (!saves || origin === 'kept') return found;
    if (session.sessionToken === '') {
      warn(noSessionToken);
      return found;
    }
    const save = async () => {
      await sessions.put(name, session);
      if (origin === 'created') await sessions.use(name);
    };
    return { ...found, saveFailure: await failureOf(save()) };
  });
}

async function reuseOrRequest(
  ports: SessionPorts,
  access: Access,
  target: SessionTarget,
  {
    before,
    request,
    forNewGuest,
  }: { before: SavedSession | undefined; request: FreshRequest; forNewGuest: RequestOptions },
): Promise<FreshSession> {
  const { clock, warn } = ports;
  const nowMs = clock.now();
  if (before && matches(request, before, nowMs) && !isOutdated(access, before)) {
    return { session: before, origin: 'kept' };
  }
  const { tenant } = access;
  const hint = `To create a session for a new guest: anon-cli token get --create${target.selection}${tenant.selection}`;
  if (before && !isExpired(before, nowMs)) {
    const session = await renewed(ports, tenant, target, { before, request, hint });
    if (session) return { session, origin: 'renewed' };
  }
  if (!request.create) throw new AnonError('token_unacceptable', 'The session has expired.', { hint });
  const session = await newGuest(ports, access, forNewGuest);
  warn(newGuestText(before, session));
  return { session: before ? replacing(session, before, tenant.clock.now()) : session, origin: 'created' };
}

/** Undefined where the tenant no longer accepts the session and another may be created. */
async function renewed(
  ports: SessionPorts,
  tenant: TenantConnection,
  target: SessionTarget,
  { before, request, hint }: { before: SavedSession; request: FreshRequest; hint: string },
): Promise<SavedSession | undefined> {
  try {
    // Metadata is for new guests.
    const options = { ...request, metadata: undefined };
    return (await continueSession(ports, tenant, { before, options, selection: target.selection })).session;
  } catch (error) {
    if (isAnonError(error) && error.code === 'token_unacceptable') {
      if (request.create) return undefined;
      await saveExpiry(ports, target, before, error);
      throw withHint(error, hint);
    }
    throw error;
  }
}

async function newGuest(
  { explain }: SessionPorts,
  { tenant, profile }: Access,
  options: RequestOptions,
): Promise<SavedSession> {
  await checkCreation(tenant, { metadata: options.metadata, userId: undefined });
  const request = { ...(await tokenRequest(tenant, options, profile)), userId: undefined };
  const tokens = await createSession(tenant, request, explain);
  // Without a session token it can't be saved, but the access token is valid.
  const { sessionToken = '' } = tokens;
  const decoded = await decodeTokens(tenant, { ...tokens, sessionToken });
  const session = sessionToSave({ ...decoded, request, nowMs: tenant.clock.now() });
  if (session) return session;
  throw new AnonError('response_invalid', 'The tenant gave no session token for the new session.');
}

/** The end of its session, or the API's setting, may allow no longer lifetime. */
function warnOfShortLife(session: SavedSession, nowMs: number, warn: SessionPorts['warn']): void {
  const left = secondsUntil(session.accessEndsAtMs, nowMs);
  if (typeof left !== 'number' || isAccessTokenFresh(session, nowMs)) return;
  const withSession = typeof session.sessionEndsAtMs === 'number' && session.sessionEndsAtMs - nowMs < 60_000;
  warn(`This access token expires in ${left} s${withSession ? ', with its session' : ''}.`);
}
