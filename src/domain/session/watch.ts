import type { TenantConnection } from '../exchange/connection.ts';
import { type DecodedToken, decodeToken } from '../token/decode.ts';
import { tenantKeyRing } from '../token/tenant-keys.ts';
import { expiryOf } from '../token/times.ts';
import { sessionNotFound } from './find.ts';
import type { SavedSession } from './saved-session.ts';
import { locked, type SessionPorts, type SessionTarget, saveExpiry } from './target.ts';
import { continueSession } from './update.ts';

/** When a session and its access token end, in milliseconds since 1970. */
export interface SessionEnds {
  /** Undefined: unknown. */
  readonly accessEndsAtMs: number | undefined;
  /** Undefined: unknown. Null: never. */
  readonly sessionEndsAtMs: number | null | undefined;
}

/** A saved session with its ends, read from its tokens where they were not saved. */
export interface WatchedSession extends SessionEnds {
  readonly guestId: string | undefined;
  readonly session: SavedSession;
}

/** How long before its end an access token is renewed, in milliseconds. */
const marginMs = 60_000;

/**
 * When to renew an access token received at `nowMs`: a minute before it expires, a short-lived one at half its
 * lifetime, at once if it has expired or its expiry is unknown. Undefined if the session expires with it, so that no
 * other token would be valid for longer.
 */
export function renewalAtMs({ accessEndsAtMs, sessionEndsAtMs }: SessionEnds, nowMs: number): number | undefined {
  if (accessEndsAtMs === undefined) return nowMs;
  // Both are whole seconds, and may be rounded apart.
  if (typeof sessionEndsAtMs === 'number' && accessEndsAtMs >= sessionEndsAtMs - 1500) return undefined;
  const leftMs = Math.max(0, accessEndsAtMs - nowMs);
  // Renewing at half of less than two seconds would send more than one request a second.
  return nowMs + Math.max(leftMs - marginMs, leftMs / 2, Math.min(leftMs, 1000));
}

/** The session as it is saved now. @throws {AnonError} `not_found` */
export async function watchedSession(
  { sessions }: Pick<SessionPorts, 'sessions'>,
  tenant: TenantConnection,
  name: string,
): Promise<WatchedSession> {
  const session = await sessions.get(name);
  if (!session) throw await sessionNotFound({ ...tenant, sessions }, name);
  return withEnds(tenant, session);
}

/**
 * Renews the access token of a saved session and saves it, while no other process works on the session: one that
 * another process has just renewed is returned unchanged. Where nothing is saved, `before` is renewed.
 * @throws {AnonError} as `updateSession`
 */
export async function renewWatched(
  ports: SessionPorts,
  tenant: TenantConnection,
  target: SessionTarget,
  { before, clientSecret }: { before: WatchedSession; clientSecret: string | undefined },
): Promise<WatchedSession> {
  const { name, saves } = target;
  return locked(ports, target, async () => {
    const now = saves ? await watchedSession(ports, tenant, name) : before;
    if (now.session.accessToken !== before.session.accessToken) return now;
    const renewal = continueSession(ports, tenant, { before: now.session, options: { clientSecret } });
    const { session = now.session } = await renewal.catch(async (error: unknown) => {
      await saveExpiry(ports, target, now.session, error);
      throw error;
    });
    if (saves) await ports.sessions.put(name, session);
    return withEnds(tenant, session);
  });
}

/** An encrypted session token can only be read with the tenant's key. */
async function withEnds(tenant: TenantConnection, session: SavedSession): Promise<WatchedSession> {
  const { accessEndsAtMs, sessionEndsAtMs, guestId } = session;
  if (accessEndsAtMs !== undefined && sessionEndsAtMs !== undefined) {
    return { session, guestId, accessEndsAtMs, sessionEndsAtMs };
  }
  const { sealKeys } = tenantKeyRing(tenant);
  const ports = { clock: tenant.time, keys: { sealKeys, signatureKeys: async () => [] } };
  const decode = (token: string) => decodeToken(ports, token).catch(() => undefined);
  const [access, whole] = [await decode(session.accessToken), await decode(session.sessionToken)];
  const endOf = (token: DecodedToken | undefined) => token && expiryOf(token, tenant.time.offsetMs());
  const reported = guestId ?? access?.claims?.sub ?? whole?.claims?.user_id;
  return {
    session,
    guestId: typeof reported === 'string' ? reported : undefined,
    accessEndsAtMs: accessEndsAtMs ?? endOf(access),
    sessionEndsAtMs: sessionEndsAtMs === undefined ? endOf(whole) : sessionEndsAtMs,
  };
}
