import type { JsonObject } from '../../wire/schema.ts';
import type { UserBody } from '../../wire/user.ts';

/** A user who can log in at a tenant. */
export interface User {
  /** `auth0|…`, the `sub` of the user's tokens. */
  readonly userId: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  /** May not log in. */
  readonly blocked: boolean;
  /** ISO 8601. */
  readonly createdAt: string | undefined;
  /** ISO 8601; undefined before the first login. */
  readonly lastLogin: string | undefined;
  readonly logins: number;
  readonly userMetadata: JsonObject;
  readonly appMetadata: JsonObject;
}

export function userOf(body: UserBody): User {
  const email = body.email ?? '';
  return {
    userId: body.user_id,
    email,
    emailVerified: body.email_verified,
    name: body.name || email || body.user_id,
    blocked: body.blocked,
    createdAt: body.created_at ?? undefined,
    lastLogin: body.last_login ?? undefined,
    logins: body.logins_count,
    userMetadata: body.user_metadata,
    appMetadata: body.app_metadata,
  };
}
