import type { JsonObject } from '../../wire/schema.ts';
import { changesBetween, type TokenChange, type TokenComparison } from '../token/compare.ts';

/** Differ from one login to the next, guest or no guest. */
const volatileClaims = ['iat', 'exp', 'jti', 'nonce', 'at_hash', 'c_hash', 'sid', 'auth_time', 'updated_at'];

/** A comparison of tokens of two logins, without what differs in any two. A new user gets another id in each. */
export function lastingChanges({ changes, compared }: TokenComparison, isNewUser: boolean): TokenComparison {
  const ignored = (isNewUser ? [...volatileClaims, 'sub'] : volatileClaims).map((claim) => `claims.${claim}`);
  const lasting = changes.filter(({ path }) => !ignored.includes(path));
  return { same: lasting.length === 0 && compared.includes('claims'), changes: lasting, compared };
}

/** Change with every login. */
const volatileMembers = ['last_login', 'last_ip', 'logins_count', 'updated_at'];

/** What a login changed in a user's profile beyond what every login changes; for a new user, the metadata. */
export function profileChanges(before: JsonObject | undefined, after: JsonObject | undefined): TokenChange[] {
  const isCompared = (member: string) =>
    before ? !volatileMembers.includes(member) : ['user_metadata', 'app_metadata'].includes(member);
  const compared = (user: JsonObject = {}) =>
    Object.fromEntries(Object.entries(user).filter(([member]) => isCompared(member)));
  return changesBetween(compared(before), compared(after));
}
