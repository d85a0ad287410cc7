import { readSessionToken } from '../guests/session-token.ts';
import { isTransferTicket } from '../guests/transfer-ticket.ts';
import type { Moment } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { readSignedToken } from '../tokens/signed-token.ts';

/** What the tenant finds in a text that should be a session token. */
export interface GivenSession {
  /** Unknown for a token that it did not issue, or that was changed. */
  readonly kind: 'session' | 'ticket' | 'jwt' | 'unknown';
  /** The application that the session belongs to, and its name. */
  readonly clientId?: string;
  readonly appName?: string;
  readonly guestId?: string;
  /** In seconds since 1970; undefined for a session that never expires. */
  readonly endSeconds?: number | undefined;
}

export async function readGivenSession(store: StoreReader, moment: Moment, token: string): Promise<GivenSession> {
  const claims = readSessionToken(moment.keys, moment.edition, token);
  if (!claims) return { kind: otherKind(moment, token) };
  const { client_id: clientId, user_id: guestId, exp: endSeconds } = claims;
  const client = await store.get('client', clientId);
  return { kind: 'session', clientId, appName: String(client?.name ?? clientId), guestId, endSeconds };
}

/** What else of the tenant's is easily taken for a session token. */
function otherKind(moment: Moment, token: string): 'ticket' | 'jwt' | 'unknown' {
  if (isTransferTicket(moment, token)) return 'ticket';
  return readSignedToken(moment.keys, 'JWT', token) ? 'jwt' : 'unknown';
}
