import { createHash } from 'node:crypto';
import { databaseConnection } from '../../wire/login.ts';
import { mergeMetadata } from '../../wire/metadata.ts';
import { isJsonObject, type JsonObject } from '../../wire/schema.ts';
import { type Random, randomHex } from '../random.ts';
import type { StoreReader } from '../store/store.ts';
import { hashPassword } from './password.ts';

/** The user with an id such as `auth0|507f1f77bcf86cd799439020`. */
export async function findUser(reader: StoreReader, userId: string): Promise<JsonObject | undefined> {
  return reader.get('user', userId);
}

/** The user with an e-mail address, in upper or lower case. */
export async function findUserByEmail(reader: StoreReader, email: string): Promise<JsonObject | undefined> {
  return reader.find('user', { lookup: 'email', value: email.toLowerCase() });
}

export interface NewUser extends JsonObject {
  readonly email: string;
  /** Without one, nobody can log in with a password. */
  readonly password?: string | undefined;
  /** The part after `auth0|`; 24 random hexadecimal digits by default. */
  readonly user_id?: string | undefined;
}

/** A user as the service creates it; to be saved under its `user_id`. The e-mail address is saved in lower case. */
export async function newUser(
  { random, nowSeconds }: { readonly random: Random; readonly nowSeconds: number },
  { email, password, user_id: id = randomHex(random, 12), ...members }: NewUser,
): Promise<JsonObject> {
  const address = email.toLowerCase();
  const now = isoTime(nowSeconds);
  return {
    created_at: now,
    email: address,
    email_verified: false,
    identities: [{ connection: databaseConnection, user_id: id, provider: 'auth0', isSocial: false }],
    name: address,
    nickname: address.split('@')[0],
    picture: pictureOf(address),
    updated_at: now,
    ...withoutUndefined(members),
    user_id: `auth0|${id}`,
    ...(password !== undefined && { password_hash: await hashPassword(random, password) }),
  };
}

/**
 * The address of a picture, as the service makes it: Gravatar's, which falls back to one with the first two letters. Nothing
 * here requests it. Assumed: SHA-256, which Gravatar accepts too; the service uses MD5, which some machines forbid.
 */
function pictureOf(email: string): string {
  const initials = /^[a-z]{2}/.exec(email)?.[0] ?? 'default';
  const other = encodeURIComponent(`https://cdn.auth0.com/avatars/${initials}.png`);
  return `https://s.gravatar.com/avatar/${createHash('sha256').update(email).digest('hex')}?s=480&r=pg&d=${other}`;
}

/** A user in the log of requests: the e-mail address, or the id without one. */
export function loggedName({ email, user_id: id }: JsonObject): string {
  return String(email ?? id);
}

/** A user as requests and Actions see it. */
export function shownUser({ password_hash: _, ...user }: JsonObject): JsonObject {
  return user;
}

/**
 * Merges metadata at its first level, as a PATCH and an Action do: null removes a key, and an empty object removes everything.
 * @see https://auth0.com/docs/manage-users/user-accounts/metadata/manage-metadata-api
 */
export function withMetadata(
  user: JsonObject,
  change: { readonly user_metadata?: JsonObject | undefined; readonly app_metadata?: JsonObject | undefined },
): JsonObject {
  const next = { ...user };
  for (const member of ['user_metadata', 'app_metadata'] as const) {
    const values = change[member];
    if (values === undefined) continue;
    const before = user[member];
    if (Object.keys(values).length === 0) delete next[member];
    else next[member] = mergeMetadata(isJsonObject(before) ? before : {}, values);
  }
  return next;
}

/** A user who has just logged in. */
export function afterLogin(
  user: JsonObject,
  { nowSeconds, ip }: { readonly nowSeconds: number; readonly ip: string },
): JsonObject {
  const before = typeof user.logins_count === 'number' ? user.logins_count : 0;
  const now = isoTime(nowSeconds);
  return { ...user, last_login: now, last_ip: ip, logins_count: before + 1, updated_at: now };
}

/** As in a user's times. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

export function withoutUndefined(members: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
