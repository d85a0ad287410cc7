import type { JsonObject } from '../../wire/schema.ts';
import type { SessionTokenClaims } from '../../wire/session-token.ts';
import { guestSessionOf, loginCookieSession } from '../guests/session.ts';
import { takeTransferTicket } from '../guests/transfer-ticket.ts';
import { noteTokens } from '../http/noted-tokens.ts';
import type { Moment, TenantScope } from '../scope.ts';
import type { Parameters } from './parameters.ts';

/** How a guest's session came along with a login. */
export type GuestCarrier = 'ticket' | 'query' | 'header' | 'cookie';

export interface CarriedGuest {
  readonly session: SessionTokenClaims;
  readonly carrier: GuestCarrier;
}

/**
 * The guest who comes along with an authorization request, by what the edition knows: a transfer ticket, a session token in
 * the query or in a header, or the cookie. Assumed: in this order, the first that is valid. All others are ignored, and the
 * login goes on. @see wire contract, section 5
 */
export async function carriedGuest(
  { store }: TenantScope,
  moment: Moment,
  client: JsonObject,
  { parameters, headers }: { readonly parameters: Parameters; readonly headers: Headers },
): Promise<CarriedGuest | undefined> {
  const { edition } = moment;
  if (edition.mintsTransferTickets) {
    const ticket = parameters.get('anon_transfer_token');
    noteTokens(moment, 'presented', { anon_transfer_token: ticket });
    const session = ticket && (await takeTransferTicket(store, moment, ticket, client));
    if (session) return { session, carrier: 'ticket' };
  }
  const tokens: [GuestCarrier, string | undefined][] = [
    ['query', parameters.get(edition.loginCarriers.parameter)],
    ['header', headers.get('auth0-anonymous-session') ?? undefined],
  ];
  for (const [carrier, token] of tokens) {
    noteTokens(moment, 'presented', { session_token: token });
    const session = token && guestSessionOf(moment, token, client);
    if (session) return { session, carrier };
  }
  const session = loginCookieSession(moment, headers.get('cookie') ?? '', client);
  return session && { session, carrier: 'cookie' };
}
