import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../wire/schema.ts';
import type { WorldUser } from '../../wire/tenant-world.ts';
import { type Random, randomToken } from '../random.ts';
import { hashPassword, isPassword, passwordProblem } from '../users/password.ts';
import { findUser, findUserByEmail, isoTime, newUser } from '../users/user.ts';
import type { WorldDraft } from './draft.ts';

/** A password that a new user got, because the world has none. */
export interface NewPassword {
  readonly email: string;
  readonly password: string;
}

/** Puts the users of a world. Hashes of passwords are made side by side: each takes long on purpose. */
export async function putUsers(draft: WorldDraft, users: readonly WorldUser[]): Promise<NewPassword[]> {
  for (const { email, password } of users) {
    const problem = password === undefined ? undefined : passwordProblem(password);
    if (problem !== undefined) draft.refuse(['users', email, 'password'], problem);
  }
  if (draft.problems.length > 0) return [];
  const made = await Promise.all(users.map((user) => userFor(draft, user)));
  for (const { before, after, user } of made) {
    const subject = { kind: 'user', name: user.email } as const;
    const other = await findUser(draft.writer, String(after.user_id));
    if (before?.user_id !== after.user_id) {
      if (other) draft.refuse(['users', user.email, 'id'], 'Another user has this id.');
      if (before) {
        draft.writer.remove('user', String(before.user_id));
        draft.note(subject, 'updated');
      }
    }
    draft.put('user', String(after.user_id), after, before?.user_id === after.user_id ? before : undefined, subject);
  }
  return made.flatMap(({ user: { email }, password }) => (password === undefined ? [] : [{ email, password }]));
}

interface MadeUser {
  readonly user: WorldUser;
  readonly before: JsonObject | undefined;
  readonly after: JsonObject;
  /** A new one. */
  readonly password: string | undefined;
}

async function userFor(draft: WorldDraft, user: WorldUser): Promise<MadeUser> {
  const random = draft.randomFor(`user ${user.email.toLowerCase()}`);
  const before = await findUserByEmail(draft.writer, user.email);
  if (before) return { user, before, after: await changed(draft, random, before, user), password: undefined };
  const password = user.password ?? `Aa1!${randomToken(random, 18)}`;
  const { email, id, name, emailVerified, userMetadata, appMetadata } = user;
  const members = { name, email_verified: emailVerified, user_metadata: userMetadata, app_metadata: appMetadata };
  const after = await newUser({ random, nowSeconds: draft.nowSeconds }, { email, password, user_id: id, ...members });
  return { user, before, after, password: user.password === undefined ? password : undefined };
}

async function changed(draft: WorldDraft, random: Random, before: JsonObject, user: WorldUser): Promise<JsonObject> {
  const { id, name, emailVerified, userMetadata, appMetadata, password } = user;
  const next: JsonObject = {
    ...before,
    ...(id !== undefined && withId(before, id)),
    ...(name !== undefined && { name }),
    ...(emailVerified !== undefined && { email_verified: emailVerified }),
    ...(userMetadata && { user_metadata: userMetadata }),
    ...(appMetadata && { app_metadata: appMetadata }),
    ...(password !== undefined &&
      !(await isPassword(before, password)) && { password_hash: await hashPassword(random, password) }),
  };
  return isDeepStrictEqual(next, before) ? before : { ...next, updated_at: isoTime(draft.nowSeconds) };
}

function withId(before: JsonObject, id: string): JsonObject {
  const identities = before.identities as readonly JsonObject[];
  return { user_id: `auth0|${id}`, identities: identities.map((identity) => ({ ...identity, user_id: id })) };
}
