import { AnonError } from '../../errors.ts';
import { coversUrl } from '../../wire/allowed-url.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { urlsIn } from '../app/allowed-origins.ts';
import type { App } from '../app/app.ts';
import { shellWord } from '../shell-word.ts';
import { changesBetween, type TokenChange, type TokenComparison } from '../token/compare.ts';

/** Nothing can listen at port 0. */
const nowhere = 'http://localhost:0/rehearsal';

/**
 * A callback of the application for a login that nobody follows there: one that leads nowhere if its wildcards allow that,
 * otherwise the first without a wildcard.
 * @throws {AnonError} `failed` without one
 */
export function rehearsalRedirectUri(app: Pick<App, 'name' | 'body'>, selection: string): string {
  const callbacks = urlsIn(app, 'callbacks');
  if (callbacks.some((callback) => coversUrl(callback, nowhere))) return nowhere;
  const exact = callbacks.find((callback) => /^[\x21-\x7e]+$/.test(callback) && coversUrl(callback, callback));
  if (exact !== undefined) return exact;
  const lacking = callbacks.length === 0 ? 'has no callback' : 'has only callbacks with a wildcard';
  throw new AnonError('failed', `Application '${app.name}' ${lacking}, so the login would lead nowhere.`, {
    hint: `Add one: anon-cli app callbacks add ${shellWord(app.name)} http://localhost:3000/callback${selection}`,
  });
}

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
