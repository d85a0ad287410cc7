import * as v from 'valibot';
import { databaseConnection } from './login.ts';
import { tooLong, wrongFormat } from './management-error.ts';
import { closedObject, plainObject, unchecked } from './schema.ts';
import { parseUrl } from './url.ts';

export const usersPath = '/api/v2/users';
export const usersByEmailPath = '/api/v2/users-by-email';

export function userPath(userId: string): string {
  return `${usersPath}/${encodeURIComponent(userId)}`;
}

/** The path that finds the users with an e-mail address. The service saves addresses in lower case, and compares exactly. */
export function userByEmailPath(email: string): string {
  return `${usersByEmailPath}?email=${encodeURIComponent(email.toLowerCase())}`;
}

const text = v.optional(v.nullable(v.string()));

/** A user as GET /api/v2/users[/{id}] shows it. Times are ISO 8601. A member that was never set is absent. */
export const user = v.looseObject({
  user_id: v.string(),
  email: text,
  email_verified: v.optional(v.boolean(), false),
  name: text,
  nickname: text,
  blocked: v.optional(v.boolean(), false),
  created_at: text,
  last_login: text,
  logins_count: v.optional(v.number(), 0),
  user_metadata: v.optional(plainObject, {}),
  app_metadata: v.optional(plainObject, {}),
});
export type UserBody = v.InferOutput<typeof user>;

export const userArray = v.array(user);

/** A page of users, requested with `include_totals=true`, or with `take`, which has no total. */
export const userPage = v.looseObject({
  users: userArray,
  total: v.optional(v.number(), 0),
  next: v.optional(v.nullable(v.string())),
});

// @see auth0@7.1.0 CreateUserRequestContent and UpdateUserRequestContent

/** RFC 5321, section 4.5.3.1, limits both parts. Assumed: no spaces, and nothing that an address would have to quote. */
export const emailForm = /^[^\s\p{Cc}@<>"(),:;[\]\\]{1,64}@[^\s\p{Cc}@<>"(),:;[\]\\]{1,255}$/u;
const email = v.pipe(v.string(), v.regex(emailForm, wrongFormat('email')));

function named(max: number) {
  return v.pipe(v.string(), v.minLength(1, 'String is too short (0 chars), minimum 1'), v.maxLength(max, tooLong(max)));
}

const picture = v.pipe(
  v.string(),
  v.check((value) => ['http:', 'https:'].includes(parseUrl(value)?.protocol ?? ''), wrongFormat('strict-uri')),
);

/** Members that only other connections support; refused in words that say so. */
export const otherIdentifiers = ['username', 'phone_number', 'phone_verified'] as const;

const patchable = {
  ...unchecked(otherIdentifiers.join(' ')),
  // About messages that the tenant does not send.
  verify_email: v.optional(v.boolean()),
  email_verified: v.optional(v.boolean()),
  blocked: v.optional(v.boolean()),
  user_metadata: v.optional(plainObject),
  app_metadata: v.optional(plainObject),
};

const partOfName = named(150);
const wholeName = named(300);
/** Assumed: the limit. The service publishes none, but a longer one would only cost time. */
const password = named(1000);

/** POST /api/v2/users. A database connection requires the address and the password. */
export const userCreate = closedObject({
  ...patchable,
  given_name: v.optional(partOfName),
  family_name: v.optional(partOfName),
  name: v.optional(wholeName),
  nickname: v.optional(wholeName),
  picture: v.optional(picture),
  user_id: v.optional(named(255)),
  connection: v.string(),
  email,
  password,
});
export type UserCreate = v.InferOutput<typeof userCreate>;

/** PATCH /api/v2/users/{id}; null removes a member. */
export const userPatch = closedObject({
  ...patchable,
  given_name: v.optional(v.nullable(partOfName)),
  family_name: v.optional(v.nullable(partOfName)),
  name: v.optional(v.nullable(wholeName)),
  nickname: v.optional(v.nullable(wholeName)),
  picture: v.optional(v.nullable(picture)),
  connection: v.optional(v.string()),
  client_id: v.optional(v.string()),
  verify_phone_number: v.optional(v.boolean()),
  email: v.optional(email),
  password: v.optional(password),
});
export type UserPatch = v.InferOutput<typeof userPatch>;

/** The body that creates a user with a password. */
export function newUserBody(members: Omit<UserCreate, 'connection'>): UserCreate {
  return { connection: databaseConnection, ...members };
}
