import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { answerMembers, type GuestTokens } from './request-tokens.ts';

/** Every member that a line may have. */
export const guestLineNames: readonly string[] =
  'n session_token access_token token_type expires_in session_expires_in scope guest'.split(' ');

/**
 * One of many guests as a line of NDJSON says it: its number, the members of the service's answer, and the guest's id
 * where its access token tells. The number comes first, and stands for the same guest however often a run is resumed.
 */
export function guestLine(n: number, tokens: GuestTokens): JsonObject {
  return {
    n,
    ...answerMembers(tokens),
    ...guestOf(tokens),
  };
}

/** The number of a line that {@link guestLine} wrote, or undefined when it is none, or not all of one. */
export function numberOfLine(text: string): number | undefined {
  const line = parse(text);
  const { n, access_token: token } = line ?? {};
  return Number.isSafeInteger(n) && typeof token === 'string' ? Number(n) : undefined;
}

/**
 * Who the service says it is, nothing of it checked: it came straight from there. Of tokens that cannot be read nobody
 * knows.
 */
function guestOf({ accessToken, sessionToken }: GuestTokens): { guest?: string } {
  const guest = [claimsOf(accessToken).sub, claimsOf(sessionToken).user_id].find((id) => typeof id === 'string');
  return guest === undefined ? {} : { guest };
}

function claimsOf(token = ''): JsonObject {
  return parse(Buffer.from(token.split('.', 2)[1] ?? '', 'base64url').toString('utf8')) ?? {};
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
