import { AnonError, isAnonError } from '../../errors.ts';
import { mostSimilar } from '../did-you-mean.ts';
import { shellWord } from '../shell-word.ts';
import { checkSessionName, type SavedSession, type SessionStore } from './saved-session.ts';

/** The saved sessions of a profile. */
export interface ProfileSessions {
  readonly sessions: SessionStore;
  /** The profile's name. */
  readonly profile: string;
  /** Appended to a command in a hint so that it uses this profile too: empty, or ` --profile NAME`. */
  readonly selection: string;
}

/** A saved session and its place among the others. */
export interface NamedSession {
  readonly name: string;
  readonly session: SavedSession;
  readonly current: boolean;
}

/** The session with this name, by default the current one. @throws {AnonError} `usage`, `not_found` */
export async function findSession(from: ProfileSessions, name: string | undefined): Promise<NamedSession> {
  const current = await from.sessions.current();
  const wanted = name === undefined ? current : checkSessionName(name);
  const session = await from.sessions.get(wanted);
  if (!session) throw await sessionNotFound(from, wanted);
  return { name: wanted, current: wanted === current, session };
}

/** Every readable session; warns of the others. */
export async function listSessions(
  from: Pick<ProfileSessions, 'sessions'> & { readonly warn: (message: string) => void },
): Promise<NamedSession[]> {
  const { sessions } = from;
  const current = await sessions.current();
  const found: NamedSession[] = [];
  // One by one: a keyring may not answer many requests at once in time.
  for (const name of await sessions.names()) {
    const session = await getReadable(from, name);
    // Another process may have removed it since it was listed.
    if (session) found.push({ name, current: name === current, session });
  }
  return found;
}

/** Undefined, with a warning, for a session that cannot be read or belongs to another tenant: the others can still be used. */
export async function getReadable(
  { sessions, warn }: Pick<ProfileSessions, 'sessions'> & { readonly warn: (message: string) => void },
  name: string,
): Promise<SavedSession | undefined> {
  try {
    return await sessions.get(name);
  } catch (error) {
    if (!isAnonError(error) || !['state_unusable', 'not_authorised'].includes(error.code)) throw error;
    warn(error.message);
    return undefined;
  }
}

/** Checks that a session with this name exists, readable or not. @throws {AnonError} `usage`, `not_found` */
export async function checkListed(from: ProfileSessions, name: string): Promise<string> {
  checkSessionName(name);
  if ((await from.sessions.names()).includes(name)) return name;
  throw await sessionNotFound(from, name, 'nothing');
}

/** @throws {AnonError} `usage` when a session has this name; `hint` says what to do then */
export async function checkUnused(
  { sessions }: Pick<ProfileSessions, 'sessions'>,
  name: string,
  hint: string,
): Promise<void> {
  checkSessionName(name);
  if (await sessions.get(name)) throw new AnonError('usage', `Session '${name}' already exists.`, { hint });
}

/**
 * The error for a session that does not exist. `create` is the command that creates it; with 'nothing' the hint doesn't
 * suggest to, because the session was meant to be removed.
 */
export async function sessionNotFound(
  { sessions, profile, selection }: ProfileSessions,
  name: string,
  create: 'token create' | 'token get --create' | 'nothing' = 'token create',
): Promise<AnonError> {
  const [names, current] = [await sessions.names(), await sessions.current()];
  const named = name === current ? '' : ` --session ${shellWord(name)}`;
  const creation = create === 'nothing' ? undefined : `anon-cli ${create}${named}${selection}`;
  const similar = mostSimilar(name, names);
  const list = `To see all: anon-cli session list${selection}`;
  return new AnonError('not_found', `Session '${name}' not found in profile '${profile}'.`, {
    hint:
      names.length === 0
        ? creation === undefined
          ? `Profile '${profile}' has no saved sessions.`
          : `Create it: ${creation}`
        : similar
          ? `Did you mean '${similar}'? ${list}`
          : list + (creation === undefined ? '' : `. To create it: ${creation}`),
  });
}
