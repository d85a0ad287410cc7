import type { SessionEnds } from '../../../domain/session/renewal.ts';
import type { RememberedSession } from '../../../domain/session/saved-session.ts';
import { type DecodedToken, decodeToken } from '../../../domain/token/decode.ts';
import { tenantKeyRing } from '../../../domain/token/tenant-keys.ts';
import { expiryOf } from '../../../domain/token/times.ts';
import type { Access } from '../../tenant/access.ts';
import { continueSession } from './continue-session.ts';
import { type KeptSession, nothingRemembered, noticingEnd } from './kept-session.ts';

/** A kept session, and when it and its access token end. */
export interface WatchedSession extends SessionEnds {
  readonly name: string;
  readonly guestId: string | undefined;
  readonly session: RememberedSession;
}

/** The session as it is kept now. @throws {AnonError} `usage` when it is not */
export async function watchedSession(
  { tenant }: Pick<Access, 'tenant'>,
  { sessions, name }: Pick<KeptSession, 'sessions' | 'name'>,
): Promise<WatchedSession> {
  const session = await sessions.get(name);
  if (!session) throw nothingRemembered(tenant, name, await sessions.names());
  return withEnds({ tenant }, name, session);
}

/**
 * Renews the access token of a kept session and keeps it, with no other process in between: one that has just been
 * renewed by another is taken as it is. Where it is not to be kept it goes on from the one that was had before.
 * @throws {AnonError} as `updateSession`
 */
export async function renewWatched(
  access: Pick<Access, 'tenant'>,
  kept: KeptSession,
  { before, clientSecret }: { before: WatchedSession; clientSecret: string | undefined },
): Promise<WatchedSession> {
  const { tenant } = access;
  const { sessions, name, saves } = kept;
  const renewed = async (session: RememberedSession) => {
    const input = { metadata: undefined, clientSecret, sessionToken: undefined };
    return (await continueSession({ tenant, options: {}, input }, session)).session ?? session;
  };
  if (!saves) return withEnds(access, name, await renewed(before.session));
  return sessions.exclusively(name, async () => {
    const now = await watchedSession(access, kept);
    if (now.session.accessToken !== before.session.accessToken) return now;
    const session = await noticingEnd(kept, tenant, now.session, () => renewed(now.session));
    await sessions.put(name, session);
    return withEnds(access, name, session);
  });
}

/** What was not told when it was kept its tokens say; a sealed session token only where its key is at hand. */
async function withEnds(
  { tenant }: Pick<Access, 'tenant'>,
  name: string,
  session: RememberedSession,
): Promise<WatchedSession> {
  const { accessEndsAtMs, sessionEndsAtMs, guestId } = session;
  if (accessEndsAtMs !== undefined && sessionEndsAtMs !== undefined) {
    return { name, session, guestId, accessEndsAtMs, sessionEndsAtMs };
  }
  const { sealKeys } = tenantKeyRing(tenant);
  const ports = { clock: tenant.time, keys: { sealKeys, signatureKeys: async () => [] } };
  const decode = (token: string) => decodeToken(ports, token).catch(() => undefined);
  const [access, whole] = [await decode(session.accessToken), await decode(session.sessionToken)];
  const endOf = (token: DecodedToken | undefined) => token && expiryOf(token, tenant.time.offsetMs());
  const told = guestId ?? access?.claims?.sub ?? whole?.claims?.user_id;
  return {
    name,
    session,
    guestId: typeof told === 'string' ? told : undefined,
    accessEndsAtMs: accessEndsAtMs ?? endOf(access),
    sessionEndsAtMs: sessionEndsAtMs === undefined ? endOf(whole) : sessionEndsAtMs,
  };
}
