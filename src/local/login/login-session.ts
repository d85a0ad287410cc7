import { createHash } from 'node:crypto';
import type { JsonObject } from '../../wire/schema.ts';
import { clearedCookies, readSessionCookie, sessionCookies } from '../http/session-cookie.ts';
import { type Random, randomToken } from '../random.ts';
import type { Moment, TenantScope } from '../scope.ts';
import type { StoreReader, StoreWriter } from '../store/store.ts';

/** The cookie of a user's session at the tenant: single sign-on for all applications. */
const loginCookie = 'auth0';

/** A user's session in one browser. */
export interface LoginSession {
  /** The `sid` of ID tokens. Derived from the cookie, so that a `sid` does not reveal it. */
  readonly id: string;
  readonly userId: string;
  /** When the user authenticated, in seconds since 1970. */
  readonly authTimeSeconds: number;
  readonly usedSeconds: number;
  readonly endSeconds: number;
}

/** The session of a browser, if it has not expired. */
export async function readLoginSession(
  store: StoreReader,
  moment: Moment,
  request: Request,
): Promise<LoginSession | undefined> {
  const cookie = readSessionCookie(loginCookie, request.headers.get('cookie') ?? '');
  const document = cookie === undefined ? undefined : await store.get('login_session', idOf(cookie));
  const session = document && sessionIn(document);
  return session && isLive(moment, session) ? session : undefined;
}

/** A new session, with the cookies for it. Not saved yet. */
export function newLoginSession(
  random: Random,
  moment: Moment,
  userId: string,
): { readonly session: LoginSession; readonly cookies: readonly string[] } {
  const cookie = randomToken(random, 32);
  const { nowSeconds } = moment;
  const { wholeSeconds } = lifetimes(moment);
  const session = {
    ...{ id: idOf(cookie), userId, authTimeSeconds: nowSeconds },
    ...{ usedSeconds: nowSeconds, endSeconds: nowSeconds + wholeSeconds },
  };
  // For the whole time: a use, which no response sets the cookie for again, makes an idle session last longer.
  return { session, cookies: sessionCookies(loginCookie, cookie, wholeSeconds) };
}

export function putLoginSession(writer: StoreWriter, session: LoginSession): void {
  writer.put('login_session', session.id, {
    id: session.id,
    user_id: session.userId,
    auth_time: session.authTimeSeconds,
    used: session.usedSeconds,
    expires_at: session.endSeconds,
  });
}

/** How long a use may go unnoticed: not every request needs a write. */
const unnoticedSeconds = 60;

/** Starts the time again after which an unused session ends. */
export async function useLoginSession({ store }: TenantScope, moment: Moment, session: LoginSession): Promise<void> {
  if (moment.nowSeconds - session.usedSeconds < unnoticedSeconds) return;
  await store.write(async (writer) => {
    const saved = await writer.get('login_session', session.id);
    if (saved) writer.put('login_session', session.id, { ...saved, used: moment.nowSeconds });
  });
}

/** Ends a session, and returns the cookies that remove it from the browser. */
export async function endLoginSession(
  { store }: TenantScope,
  session: LoginSession | undefined,
): Promise<readonly string[]> {
  if (session) await store.write((writer) => writer.remove('login_session', session.id));
  return clearedCookies(loginCookie);
}

function isLive(moment: Moment, { usedSeconds, endSeconds }: LoginSession): boolean {
  return moment.nowSeconds < Math.min(endSeconds, usedSeconds + lifetimes(moment).idleSeconds);
}

/** The tenant's settings, in hours. @see https://auth0.com/docs/manage-users/sessions/session-lifetime-limits */
function lifetimes({ settings }: Moment): { readonly wholeSeconds: number; readonly idleSeconds: number } {
  const seconds = (hours: unknown, preset: number) =>
    Math.max(1, Math.round((typeof hours === 'number' ? hours : preset) * 3600));
  return {
    wholeSeconds: seconds(settings.session_lifetime, 168),
    idleSeconds: seconds(settings.idle_session_lifetime, 72),
  };
}

function sessionIn({ id, user_id, auth_time, used, expires_at }: JsonObject): LoginSession {
  return {
    ...{ id: String(id), userId: String(user_id), authTimeSeconds: Number(auth_time) },
    ...{ usedSeconds: Number(used), endSeconds: Number(expires_at) },
  };
}

function idOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url');
}
