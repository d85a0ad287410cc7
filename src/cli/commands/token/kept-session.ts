import { mostSimilar } from '../../../domain/did-you-mean.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { checkSessionName } from '../../../domain/session/name.ts';
import { hasEnded } from '../../../domain/session/remembered.ts';
import type { RememberedSession, SessionStore } from '../../../domain/session/saved-session.ts';
import { AnonError, ResponseError } from '../../../errors.ts';
import type { Context } from '../../world/context.ts';
import { type InspectedTokens, showThenSettle } from './guest-tokens.ts';
import { type KeepOptions, saves } from './keeping.ts';

/** The session that a command goes on with, whether there is one or not. */
export interface KeptSession {
  readonly sessions: SessionStore;
  readonly name: string;
  /** What comes of it is kept too. */
  readonly saves: boolean;
}

/** The session that is named, else the current one of the profile. @throws {AnonError} `usage` */
export async function keptSession(
  context: Context,
  profile: Profile,
  options: Partial<KeepOptions>,
): Promise<KeptSession> {
  const name = options.session === undefined ? undefined : checkSessionName(options.session);
  const sessions = await context.sessions(profile);
  return {
    sessions,
    name: name ?? (await sessions.current()),
    saves: saves(context, { save: options.save !== false }),
  };
}

/** Does `work` with no other process in between. What keeps nothing writes nothing, not even a lock: its disk may take none. */
export function alone<Result>(
  { sessions, name, saves: saving }: KeptSession,
  work: () => Promise<Result>,
): Promise<Result> {
  return saving ? sessions.exclusively(name, work) : work();
}

/** Tokens that came, as they can be read without asking anybody, and the session with them. */
export interface Continued {
  readonly inspected: InspectedTokens;
  /** Of the API that they were asked for. */
  readonly audience: string;
  readonly session: RememberedSession | undefined;
}

/**
 * Reads a kept session, does `work` and keeps what comes of it before that is shown, with no other process in
 * between: two updates at once must both count.
 * @throws {AnonError} `usage` when no session of that name is kept
 */
export async function withKeptSession(
  kept: KeptSession,
  { tenant }: { readonly tenant: TenantConnection },
  work: (remembered: RememberedSession) => Promise<Continued>,
  show: (continued: Continued) => Promise<void>,
): Promise<void> {
  const { sessions, name, saves: saving } = kept;
  if (!(await sessions.get(name))) throw nothingRemembered(tenant, name, await sessions.names());
  await alone(kept, async () => {
    const remembered = await sessions.get(name);
    if (!remembered) throw nothingRemembered(tenant, name, await sessions.names());
    const continued = await noticingEnd(kept, tenant, remembered, () => work(remembered));
    const { session } = continued;
    const keep = async () => {
      if (saving && session) await sessions.put(name, session);
    };
    await showThenSettle(keep(), () => show(continued));
  });
}

/**
 * Does `work` with a kept session. That its time is over the tenant may be the first to tell, in refusing it: then that is
 * known from now on.
 */
export async function noticingEnd<Result>(
  { sessions, name, saves: saving }: KeptSession,
  { clock }: Pick<TenantConnection, 'clock'>,
  session: RememberedSession | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const nowMs = clock.now();
    if (saving && session && isOver(error) && !hasEnded(session, nowMs)) {
      await sessions.put(name, { ...session, sessionEndsAtMs: nowMs });
    }
    throw error;
  }
}

/** Whether the tenant refused a session because its time is over. */
export function isOver(error: unknown): boolean {
  return error instanceof ResponseError && error.error === 'session_expired';
}

/** What makes another command be for the session that this one names. */
export function sessionSelection({ session }: Pick<Partial<KeepOptions>, 'session'>): string {
  return session === undefined ? '' : ` --session ${session}`;
}

/** The application and the API of a kept session. */
export function choicesOf(session: RememberedSession): Pick<Profile, 'app' | 'api'> {
  const { clientId, audience, appName, apiName } = session;
  return { app: { clientId, name: appName ?? clientId }, api: { audience, name: apiName ?? audience } };
}

/** Why a command has nothing to go on with: `usage`. */
export function nothingRemembered(
  { profile, selection }: TenantConnection,
  name: string,
  others: readonly string[],
  creating = 'token create',
): AnonError {
  if (others.length === 0) {
    return new AnonError('usage', `No session is remembered for profile '${profile}'.`, {
      hint: `Create one: anon-cli ${creating}${selection}`,
    });
  }
  const similar = mostSimilar(name, others);
  return new AnonError('usage', `No session '${name}' is remembered for profile '${profile}'.`, {
    hint: `${similar ? `Did you mean '${similar}'? ` : ''}See anon-cli session list${selection}, and name one: --session <name>`,
  });
}
