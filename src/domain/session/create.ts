import { AnonError, isAnonError } from '../../errors.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { shellWord } from '../shell-word.ts';
import { decodeTokens, sessionToSave } from './decoded-tokens.ts';
import { isExpired, type SavedSession, type SessionStore } from './saved-session.ts';
import { failureOf, noSessionToken, type SessionPorts, type TokenOutcome, type TokenPorts } from './target.ts';
import { type CreationRequest, createSession } from './token-request.ts';

/** Where a new session is saved. */
export interface SaveAs {
  readonly sessions: SessionStore;
  readonly name: string;
  /** The user gave the name, so it must not replace another session. */
  readonly given: boolean;
  /** The new session may replace one with this name. */
  readonly replaces: boolean;
}

export interface CreationOutcome extends TokenOutcome {
  /** Where the session was saved; undefined where it was not. */
  readonly saved: { readonly name: string; readonly replaced: SavedSession | undefined } | undefined;
}

/**
 * Creates a guest session and, where `as` has a name, saves it and makes it the current one.
 * @throws {AnonError} as {@link createSession}; `usage` when another session has the given name
 */
export async function createAndSave(
  { clock, warn, explain }: TokenPorts,
  tenant: TenantConnection,
  request: CreationRequest,
  as: SaveAs | undefined,
): Promise<CreationOutcome> {
  const create = async () => decodeTokens(tenant, await createSession(tenant, request, explain));
  const { audience } = request.api;
  if (!as) return { decoded: await create(), audience, session: undefined, saved: undefined };
  if (!as.given) return saveCreated({ clock, warn }, as, { decoded: await create(), request });
  const { sessions, name } = as;
  return sessions.exclusively(name, async () => {
    const replaced = await liveSession(as, clock.now());
    if (replaced && !as.replaces) throw nameTaken(tenant, name);
    return saved({ clock, warn, sessions }, { decoded: await create(), request, name, replaced });
  });
}

/** Saves a session that was just created, and makes it the current one. A failure is in the outcome, so that the tokens can be shown. */
export async function saveCreated(
  ports: Pick<TokenPorts, 'clock' | 'warn'>,
  as: SaveAs,
  { decoded, request }: { readonly decoded: TokenOutcome['decoded']; readonly request: CreationRequest },
): Promise<CreationOutcome> {
  const { sessions, name } = as;
  const work = sessions.exclusively(name, async () =>
    saved({ ...ports, sessions }, { decoded, request, name, replaced: await liveSession(as, ports.clock.now()) }),
  );
  return work.catch((error: unknown) => ({
    ...{ decoded, audience: request.api.audience, session: undefined, saved: undefined },
    saveFailure: { error },
  }));
}

async function saved(
  { sessions, clock, warn }: Omit<SessionPorts, 'explain'>,
  {
    decoded,
    request,
    name,
    replaced,
  }: {
    decoded: TokenOutcome['decoded'];
    request: CreationRequest;
    name: string;
    replaced: SavedSession | undefined;
  },
): Promise<CreationOutcome> {
  const { audience } = request.api;
  const session = sessionToSave({ ...decoded, request, nowMs: clock.now() });
  if (!session) {
    warn(noSessionToken);
    return { decoded, audience, session, saved: undefined };
  }
  const save = async () => {
    await sessions.put(name, session);
    await sessions.use(name);
  };
  const saveFailure = await failureOf(save());
  return { decoded, audience, session, saveFailure, saved: saveFailure ? undefined : { name, replaced } };
}

async function liveSession({ sessions, name, given }: SaveAs, nowMs: number): Promise<SavedSession | undefined> {
  const session = await sessions.get(name).catch((error: unknown) => {
    // Without a given name, a session of the tenant that the profile was for before can be replaced, like an expired
    // one.
    if (given || !isAnonError(error) || error.code !== 'not_authorised') throw error;
    return undefined;
  });
  return session && !isExpired(session, nowMs) ? session : undefined;
}

function nameTaken({ selection }: TenantConnection, name: string): AnonError {
  return new AnonError('usage', `Session '${name}' already exists.`, {
    hint: `To replace it, pass --replace. To use it: anon-cli token get --session ${shellWord(name)}${selection}`,
  });
}
