import { readSessionToken } from '../guests/session-token.ts';
import type { Moment } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';

/** What the tenant finds in a text that should be a session token. */
export interface GivenSession {
  /** False for a token that it did not issue, or that was changed. */
  readonly isReadable: boolean;
  /** The application that it belongs to, and its name. */
  readonly clientId?: string;
  readonly appName?: string;
  readonly guestId?: string;
  /** In seconds since 1970; undefined for a session that never expires. */
  readonly endSeconds?: number | undefined;
}

export async function readGivenSession(
  store: StoreReader,
  { keys, edition }: Moment,
  token: string,
): Promise<GivenSession> {
  const claims = readSessionToken(keys, edition, token);
  if (!claims) return { isReadable: false };
  const { client_id: clientId, user_id: guestId, exp: endSeconds } = claims;
  const client = await store.get('client', clientId);
  return { isReadable: true, clientId, appName: String(client?.name ?? clientId), guestId, endSeconds };
}
