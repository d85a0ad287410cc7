import {
  anonymousTokenPath,
  anonymousTransferAudience,
  anonymousTransferResponse,
} from '../../wire/anonymous-token.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { oauthError } from '../../wire/oauth.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import type { GuestCarrier } from '../login/guest.ts';
import type { Handle } from './browser.ts';
import { accessOf } from './client-access.ts';

/** What takes a guest's session to /authorize. */
export interface Carrier {
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: Readonly<Record<string, string>>;
  /** Why there is no ticket. */
  readonly refusal?: RefusedTicket;
}

export interface RefusedTicket {
  readonly error: string;
  readonly description: string;
}

export const noCarrier: Carrier = { parameters: {}, headers: {}, cookies: {} };

/** @see wire contract, section 5 */
export async function carrierFor(
  { handle, issuer, edition, client }: { handle: Handle; issuer: string; edition: Edition; client: JsonObject },
  via: GuestCarrier,
  sessionToken: string,
): Promise<Carrier> {
  const { parameter, cookie } = edition.loginCarriers;
  if (via === 'query') return { ...noCarrier, parameters: { [parameter]: sessionToken } };
  if (via === 'header') return { ...noCarrier, headers: { 'auth0-anonymous-session': sessionToken } };
  if (via === 'cookie') return { ...noCarrier, cookies: { [cookie]: sessionToken } };
  const answer = await requestTicket({ handle, issuer, client }, sessionToken);
  return typeof answer === 'string'
    ? { ...noCarrier, parameters: { anon_transfer_token: answer } }
    : { ...noCarrier, refusal: answer };
}

async function requestTicket(
  { handle, issuer, client }: { handle: Handle; issuer: string; client: JsonObject },
  sessionToken: string,
): Promise<string | RefusedTicket> {
  const { members, headers } = accessOf(client);
  const response = await handle(
    new Request(new URL(anonymousTokenPath, issuer), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ ...members, audience: anonymousTransferAudience, session_token: sessionToken }),
    }),
  );
  const body: unknown = await response.json();
  const granted = check(anonymousTransferResponse, body);
  if (granted.ok) return granted.value.anon_transfer_token;
  const refused = check(oauthError, body);
  return refused.ok
    ? { error: refused.value.error, description: refused.value.error_description }
    : { error: 'server_error', description: '' };
}
