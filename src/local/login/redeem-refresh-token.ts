import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../wire/schema.ts';
import { oauthRefusal, type Refusal } from '../http/refusal.ts';
import type { Moment } from '../scope.ts';
import type { Store } from '../store/store.ts';
import type { Authorization, CustomClaims } from './authorization.ts';
import { findFamily } from './refresh-family.ts';
import { type RefreshToken, readRefreshToken } from './refresh-token.ts';

/** The custom claims of the tokens that a refresh issues. May throw a Refusal, for a user whom an Action denies. */
export type ClaimsFor = (user: JsonObject, authorization: Authorization) => Promise<CustomClaims>;

export interface Refreshed {
  readonly authorization: Authorization;
  readonly user: JsonObject;
  /** The next refresh token; undefined without rotation. */
  readonly next: RefreshToken | undefined;
}

interface RefreshAttempt {
  readonly client: JsonObject;
  readonly refreshToken: string;
  /** Undefined for all that were granted. */
  readonly scope: string | undefined;
}

/**
 * Uses a refresh token, which with rotation is replaced. An earlier token of the family revokes the whole family: either
 * its application or somebody else has a stolen one. @see RFC 9700, section 4.14.2
 * @throws {Refusal} invalid_grant
 */
export async function redeemRefreshToken(
  store: Store,
  moment: Moment,
  { client, refreshToken, scope }: RefreshAttempt,
  claimsFor: ClaimsFor,
): Promise<Refreshed> {
  const { nowSeconds } = moment;
  const token = readRefreshToken(moment, refreshToken);
  if (!token) throw unknownToken();
  const before = await findFamily(store, nowSeconds, { token, client });
  // Before the token is replaced, so that a refresh that an Action denies can be tried again.
  const claims = before && before !== 'reused' ? await claimsFor(before.user, before.authorization) : undefined;
  const family = await store.write(async (writer) => {
    const found = await findFamily(writer, nowSeconds, { token, client });
    if (found === 'reused') writer.remove('refresh_token', token.id);
    if (!found || found === 'reused') return undefined;
    const after = { ...found.after, ...(claims && { claims }) };
    // Saving for each use is needed only where a use changes something.
    if (!isDeepStrictEqual(after, await writer.get('refresh_token', token.id))) {
      writer.put('refresh_token', token.id, after);
    }
    return found;
  });
  if (!family) throw unknownToken();
  const { authorization, user, next } = family;
  const granted = narrowed(authorization.scope, scope);
  return { authorization: { ...authorization, scope: granted, claims: claims ?? authorization.claims }, user, next };
}

/**
 * Fewer scopes than were granted, if the request names fewer. Others are left out, as in a login: SDKs send here what
 * the login was asked for, which can be more than it was granted.
 */
function narrowed(granted: readonly string[], requested: string | undefined): readonly string[] {
  const wanted = requested?.split(' ').filter((value) => value !== '') ?? [];
  return wanted.length === 0 ? granted : granted.filter((value) => wanted.includes(value));
}

function unknownToken(): Refusal {
  return oauthRefusal(403, 'invalid_grant', 'Unknown or invalid refresh token.');
}
