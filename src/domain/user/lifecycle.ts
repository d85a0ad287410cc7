import { AnonError, ResponseError } from '../../errors.ts';
import { type JsonObject, noContent } from '../../wire/schema.ts';
import { newUserBody, user, userPath, usersPath } from '../../wire/user.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { managementRequest } from '../exchange/management/request.ts';
import { type User, userOf } from './user.ts';

export interface NewUser {
  readonly email: string;
  readonly password: string;
  readonly emailVerified: boolean;
  readonly name?: string | undefined;
  /** What follows `auth0|`. */
  readonly id?: string | undefined;
  readonly userMetadata?: JsonObject | undefined;
  readonly appMetadata?: JsonObject | undefined;
}

/** @throws {AnonError} `usage` for a user who already exists, a weak password, an id with `auth0|`, and what is not an e-mail address */
export async function createUser(tenant: TenantConnection, wanted: NewUser): Promise<User> {
  const { email, password, emailVerified, name, id, userMetadata, appMetadata } = wanted;
  if (id?.startsWith('auth0|')) {
    const rest = id.slice('auth0|'.length);
    throw new AnonError('usage', 'The id is what follows auth0| in the id of the user.', {
      hint: rest === '' ? undefined : `Leave auth0| out: ${rest}`,
    });
  }
  const body = newUserBody({
    email,
    password,
    email_verified: emailVerified,
    ...(name !== undefined && { name }),
    ...(id !== undefined && { user_id: id }),
    ...(userMetadata && { user_metadata: userMetadata }),
    ...(appMetadata && { app_metadata: appMetadata }),
  });
  try {
    return userOf(await managementRequest(tenant, user, { method: 'POST', path: usersPath, body }));
  } catch (error) {
    throw error instanceof ResponseError ? explained(error, wanted) : error;
  }
}

export async function deleteUser(tenant: TenantConnection, { userId }: User): Promise<void> {
  await managementRequest(tenant, noContent, { method: 'DELETE', path: userPath(userId) });
}

function explained(error: ResponseError, { email, id }: NewUser): AnonError {
  if (error.status === 409) {
    const or = id === undefined ? '' : `, or another with the id 'auth0|${id}',`;
    return new AnonError('usage', `User '${email}'${or} already exists.`, {
      hint: 'To see all: anon-cli local user list',
    });
  }
  if (error.description.startsWith('PasswordStrengthError')) {
    return new AnonError('usage', 'The password is too weak.', {
      hint: 'It needs at least 8 characters, with three of these: lower case letters, upper case letters, digits, special characters.',
    });
  }
  if (/format email\b/.test(error.description)) {
    return new AnonError('usage', `'${email}' is not an e-mail address.`, { hint: 'Example: jane@example.com' });
  }
  return error;
}
