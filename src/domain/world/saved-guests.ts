import type { TenantWorld, WorldGuestTokens } from '../../wire/tenant-world.ts';
import type { SavedSession, SessionStore } from '../session/saved-session.ts';

/** The session tokens that are saved under the names of a world's guests, for the same API and with the same scopes. */
export async function savedTokens(
  { guests }: TenantWorld,
  sessions: Pick<SessionStore, 'get'>,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, api, scopes } of guests) {
    const session = await sessions.get(name);
    if (!session || session.scope !== scopes?.join(' ') || (api ?? session.audience) !== session.audience) continue;
    found[name] = session.sessionToken;
  }
  return found;
}

/** Saves each guest under their name, in place of a session that has it. */
export async function saveGuests(
  guests: readonly WorldGuestTokens[],
  sessions: Pick<SessionStore, 'exclusively' | 'put'>,
): Promise<void> {
  for (const guest of guests) await sessions.exclusively(guest.name, () => sessions.put(guest.name, sessionOf(guest)));
}

function sessionOf(guest: WorldGuestTokens): SavedSession {
  const { sessionToken, accessToken, clientId, audience, scope, appName, apiName, guestId, metadata } = guest;
  return {
    ...{ sessionToken, accessToken, clientId, audience, scope, appName, apiName, guestId, metadata },
    createdAtMs: guest.createdAt * 1000,
    accessEndsAtMs: guest.accessEndsAt * 1000,
    sessionEndsAtMs: guest.sessionEndsAt === null ? null : guest.sessionEndsAt * 1000,
  };
}
