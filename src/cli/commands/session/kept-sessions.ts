import { mostSimilar } from '../../../domain/did-you-mean.ts';
import { addressOf } from '../../../domain/profile/address.ts';
import { checkSessionName } from '../../../domain/session/name.ts';
import type { RememberedSession, SessionStore } from '../../../domain/session/saved-session.ts';
import { AnonError, isAnonError } from '../../../errors.ts';
import type { GlobalOptions } from '../../options/global.ts';
import type { SessionView } from '../../render/session.ts';
import { requestedEdition, selectProfile } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

/** The sessions that are kept of one profile. */
export interface KeptSessions {
  readonly sessions: SessionStore;
  readonly profile: string;
  /** Of the profile's tenant; undefined for the embedded one, whose state says it. */
  readonly issuer: string | undefined;
  /** What makes another command be for this profile too. */
  readonly selection: string;
  readonly warn: (message: string) => void;
}

export async function keptSessions(context: Context, options: GlobalOptions): Promise<KeptSessions> {
  const { profile, selection } = await selectProfile(context, options);
  const { name, domain } = profile;
  const issuer = domain === undefined ? undefined : addressOf(domain).issuer;
  return { sessions: await context.sessions(profile), profile: name, issuer, selection, warn: context.warn };
}

/** The issuer of the sessions' tenant, whichever it is. */
export async function issuerOf(context: Context, { issuer }: KeptSessions, options: GlobalOptions): Promise<string> {
  return issuer ?? (await (await context.local()).describe(requestedEdition(context, options))).issuer;
}

export async function sessionViews(kept: KeptSessions): Promise<SessionView[]> {
  const { sessions } = kept;
  const current = await sessions.current();
  const views: SessionView[] = [];
  // One by one: a keyring that is asked for all at once may not answer in time.
  for (const name of await sessions.names()) {
    const session = await readable(kept, name);
    // One that another process has just forgotten is none.
    if (session) views.push({ name, current: name === current, session });
  }
  return views;
}

/** One of several: that it cannot be read, or is another tenant's, is told, and keeps nobody from the others. */
export async function readable({ sessions, warn }: KeptSessions, name: string): Promise<RememberedSession | undefined> {
  try {
    return await sessions.get(name);
  } catch (error) {
    if (!isAnonError(error) || !['state_unusable', 'not_authorised'].includes(error.code)) throw error;
    warn(error.message);
    return undefined;
  }
}

/** A name that a session is kept by, readable or not. @throws {AnonError} `usage`, `not_found` */
export async function keptName(kept: KeptSessions, name: string): Promise<string> {
  checkSessionName(name);
  if ((await kept.sessions.names()).includes(name)) return name;
  throw await notKept(kept, name);
}

/** The session of that name, else the current one. @throws {AnonError} `usage`, `not_found` */
export async function sessionNamed(kept: KeptSessions, name: string | undefined): Promise<SessionView> {
  const current = await kept.sessions.current();
  const wanted = name === undefined ? current : checkSessionName(name);
  const session = await kept.sessions.get(wanted);
  if (!session) throw await notKept(kept, wanted);
  return { name: wanted, current: wanted === current, session };
}

async function notKept({ sessions, profile, selection }: KeptSessions, name: string): Promise<AnonError> {
  const names = await sessions.names();
  const similar = mostSimilar(name, names);
  return new AnonError('not_found', `There is no session '${name}' of profile '${profile}'.`, {
    hint:
      names.length === 0
        ? `Create one: anon-cli token create${selection}`
        : `${similar ? `Did you mean '${similar}'? ` : ''}See anon-cli session list${selection}`,
  });
}

/** @throws {AnonError} `usage` when there is a session of this name; `hint` says what to do then */
export async function checkUnused({ sessions }: KeptSessions, name: string, hint: string): Promise<void> {
  checkSessionName(name);
  const there: RememberedSession | undefined = await sessions.get(name);
  if (!there) return;
  throw new AnonError('usage', `There is a session '${name}' already.`, { hint });
}
