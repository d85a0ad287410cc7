import { base64urlJson } from '../../jose/base64url.ts';
import { anonymousTransferLifetimeSeconds } from '../../wire/anonymous-token.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import { type SessionTokenClaims, transferTicketClaims } from '../../wire/session-token.ts';
import { sealedSessionTokenHeader } from '../../wire/session-token-format.ts';
import { type Random, randomToken } from '../random.ts';
import type { Moment } from '../scope.ts';
import type { Store } from '../store/store.ts';
import { seal, unseal } from '../tokens/sealed-token.ts';

/** Differs from a session token's header, so that neither can be used as the other. Assumed: the type. */
const ticketHeader = base64urlJson({ ...sealedSessionTokenHeader, typ: 'anon-transfer+jwe' });

/**
 * A ticket that takes a guest's session into a login: sealed, valid for 30 seconds, and with a `jti` by which its
 * receiver can refuse a second use. Assumed: the claims. @see wire contract, sections 2 and 5
 */
export function writeTransferTicket(
  { keys, issuer, nowSeconds }: Moment,
  random: Random,
  session: SessionTokenClaims,
): string {
  return seal(keys, random, ticketHeader, {
    iss: issuer,
    client_id: session.client_id,
    jti: randomToken(random, 16),
    iat: nowSeconds,
    exp: nowSeconds + anonymousTransferLifetimeSeconds,
    session,
  });
}

/** Whether this tenant issued the text as a ticket, at any time. */
export function isTransferTicket({ keys }: Moment, text: string): boolean {
  return unseal(keys, ticketHeader, text) !== undefined;
}

/**
 * Uses a ticket up. Returns its guest session; undefined unless the ticket is this tenant's and the application's, has not
 * expired and was not used before. Assumed: a session that has expired since is not carried either.
 */
export async function takeTransferTicket(
  store: Store,
  { keys, issuer, nowSeconds }: Moment,
  ticket: string,
  client: JsonObject,
): Promise<SessionTokenClaims | undefined> {
  const checked = check(transferTicketClaims, unseal(keys, ticketHeader, ticket));
  if (!checked.ok) return undefined;
  const { iss, client_id, jti, exp, session } = checked.value;
  if (iss !== issuer || client_id !== client.client_id || exp <= nowSeconds) return undefined;
  if (session.exp !== undefined && session.exp <= nowSeconds) return undefined;
  return (await store.takeOnce(`ticket ${jti}`, { nowSeconds, endSeconds: exp })) ? session : undefined;
}
