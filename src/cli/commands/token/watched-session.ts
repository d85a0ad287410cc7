import type { RememberedSession } from '../../../domain/ports.ts';
import type { SessionEnds } from '../../../domain/session/renewal.ts';
import { type DecodedToken, decodeToken } from '../../../domain/token/decode.ts';
import { tenantKeyRing } from '../../../domain/token/tenant-keys.ts';
import type { Context } from '../../context.ts';
import type { Access } from '../../tenant-access.ts';
import { continueSession, nothingRemembered } from './continue-session.ts';

/** A kept session, and when it and its access token end. */
export interface WatchedSession extends SessionEnds {
  readonly name: string;
  readonly guestId: string | undefined;
  readonly session: RememberedSession;
}

/** The session of that name, else the current one. @throws {AnonError} `usage` when none is kept */
export async function watchedSession(
  context: Context,
  { tenant, profile }: Access,
  named: string | undefined,
): Promise<WatchedSession> {
  const sessions = await context.sessions(profile);
  const name = named ?? (await sessions.current());
  const session = await sessions.get(name);
  if (!session) throw nothingRemembered(tenant, name, await sessions.names());
  return withEnds({ tenant, profile }, name, session);
}

/**
 * Renews the access token of a kept session and keeps it, with no other process in between: one that has just been
 * renewed by another is taken as it is.
 * @throws {AnonError} as `updateSession`
 */
export async function renewWatched(
  context: Context,
  access: Access,
  { before, clientSecret }: { before: WatchedSession; clientSecret: string | undefined },
): Promise<WatchedSession> {
  const { tenant, profile } = access;
  const { name } = before;
  const sessions = await context.sessions(profile);
  return sessions.exclusively(name, async () => {
    const kept = await watchedSession(context, access, name);
    if (kept.session.accessToken !== before.session.accessToken) return kept;
    const input = { metadata: undefined, clientSecret, sessionToken: undefined };
    const { session = kept.session } = await continueSession({ tenant, options: {}, input }, kept.session);
    await sessions.put(name, session);
    return withEnds(access, name, session);
  });
}

/** What was not told when it was kept its tokens say; a sealed session token only where its key is at hand. */
async function withEnds({ tenant }: Access, name: string, session: RememberedSession): Promise<WatchedSession> {
  const { accessEndsAtMs, sessionEndsAtMs, guestId } = session;
  if (accessEndsAtMs !== undefined && sessionEndsAtMs !== undefined) {
    return { name, session, guestId, accessEndsAtMs, sessionEndsAtMs: sessionEndsAtMs ?? undefined };
  }
  const { sealKeys } = tenantKeyRing(tenant);
  const ports = { clock: tenant.clock, keys: { sealKeys, signatureKeys: async () => [] } };
  const decode = (token: string) => decodeToken(ports, token).catch(() => undefined);
  const [access, whole] = [await decode(session.accessToken), await decode(session.sessionToken)];
  const told = guestId ?? access?.claims?.sub ?? whole?.claims?.user_id;
  return {
    name,
    session,
    guestId: typeof told === 'string' ? told : undefined,
    accessEndsAtMs: accessEndsAtMs ?? endOf(access),
    sessionEndsAtMs: sessionEndsAtMs ?? endOf(whole),
  };
}

function endOf(token: DecodedToken | undefined): number | undefined {
  return token?.times.find(({ claim }) => claim === 'exp')?.at.getTime();
}
