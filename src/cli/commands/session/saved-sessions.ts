import { mostSimilar } from '../../../domain/did-you-mean.ts';
import { addressOf } from '../../../domain/profile/address.ts';
import { checkSessionName } from '../../../domain/session/name.ts';
import type { RememberedSession, SessionStore } from '../../../domain/session/saved-session.ts';
import { AnonError, isAnonError } from '../../../errors.ts';
import type { GlobalOptions } from '../../options/global.ts';
import type { SessionView } from '../../render/session.ts';
import { chosenEdition, selectProfile } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';

/** The saved sessions of one profile. */
export interface SavedSessions {
  readonly sessions: SessionStore;
  readonly profile: string;
  /** Of the profile's tenant; undefined for the local tenant, whose state has it. */
  readonly issuer: string | undefined;
  /** What a command in a hint needs so that it reaches this profile too: nothing, or ` --profile NAME`. */
  readonly selection: string;
  readonly warn: (message: string) => void;
}

export async function savedSessions(context: Context, options: GlobalOptions): Promise<SavedSessions> {
  const { profile, selection } = await selectProfile(context, options);
  const { name, domain } = profile;
  const issuer = domain === undefined ? undefined : addressOf(domain).issuer;
  return { sessions: await context.sessions(profile), profile: name, issuer, selection, warn: context.warn };
}

/** The issuer of the sessions' tenant, the local one too. */
export async function issuerOf(context: Context, { issuer }: SavedSessions, options: GlobalOptions): Promise<string> {
  return issuer ?? (await (await context.local()).describe(chosenEdition(context, options))).issuer;
}

/** Every readable session; warns of the others. */
export async function listSessions(saved: SavedSessions): Promise<SessionView[]> {
  const { sessions } = saved;
  const current = await sessions.current();
  const views: SessionView[] = [];
  // One by one: a keyring that is asked for all at once may not answer in time.
  for (const name of await sessions.names()) {
    const session = await getReadable(saved, name);
    // Another process may have removed it since it was listed.
    if (session) views.push({ name, current: name === current, session });
  }
  return views;
}

/** Undefined, with a warning, for a session that cannot be read or belongs to another tenant. */
export async function getReadable(
  { sessions, warn }: SavedSessions,
  name: string,
): Promise<RememberedSession | undefined> {
  try {
    return await sessions.get(name);
  } catch (error) {
    if (!isAnonError(error) || !['state_unusable', 'not_authorised'].includes(error.code)) throw error;
    warn(error.message);
    return undefined;
  }
}

/** Checks that a session with that name exists, readable or not. @throws {AnonError} `usage`, `not_found` */
export async function checkListed(saved: SavedSessions, name: string): Promise<string> {
  checkSessionName(name);
  if ((await saved.sessions.names()).includes(name)) return name;
  throw await sessionNotFound(saved, name);
}

/** The session with that name, by default the current one. @throws {AnonError} `usage`, `not_found` */
export async function findSession(saved: SavedSessions, name: string | undefined): Promise<SessionView> {
  const current = await saved.sessions.current();
  const wanted = name === undefined ? current : checkSessionName(name);
  const session = await saved.sessions.get(wanted);
  if (!session) throw await sessionNotFound(saved, wanted);
  return { name: wanted, current: wanted === current, session };
}

async function sessionNotFound({ sessions, profile, selection }: SavedSessions, name: string): Promise<AnonError> {
  const names = await sessions.names();
  const similar = mostSimilar(name, names);
  return new AnonError('not_found', `Session '${name}' not found in profile '${profile}'.`, {
    hint:
      names.length === 0
        ? `Create one: anon-cli token create${selection}`
        : `${similar ? `Did you mean '${similar}'? ` : ''}Run: anon-cli session list${selection}`,
  });
}

/** @throws {AnonError} `usage` when a session has this name; `hint` says what to do then */
export async function checkUnused({ sessions }: SavedSessions, name: string, hint: string): Promise<void> {
  checkSessionName(name);
  if (await sessions.get(name)) throw new AnonError('usage', `Session '${name}' already exists.`, { hint });
}
