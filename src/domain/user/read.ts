import * as wire from '../../wire/user.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { managementRequest } from '../exchange/management/request.ts';
import { allPages, type NumberedList } from '../exchange/pages.ts';
import { findByReference } from '../find-by-reference.ts';
import { type User, userOf } from './user.ts';

/** Every user of the tenant, in the order of their creation. */
export async function listUsers(tenant: TenantConnection): Promise<User[]> {
  return (await allPages(tenant, userList(tenant))).map(userOf);
}

function userList(tenant: TenantConnection): NumberedList<wire.UserBody> {
  const read = async (query: string, measure: (length: number) => void) => {
    const path = `${wire.usersPath}?${query}`;
    const {
      users: items,
      total,
      next,
    } = await managementRequest(tenant, wire.userPage, { method: 'GET', path, measure });
    return { items, total, next };
  };
  return {
    plural: 'users',
    fallbackHint: 'Pass the e-mail address of the user.',
    idOf: ({ user_id }) => user_id,
    page: read,
    numbered: read,
  };
}

/**
 * The user with an e-mail address or an id. An address is looked up directly, because a tenant may have thousands.
 * @throws as {@link findByReference}
 */
export async function findUser(tenant: TenantConnection, reference: string): Promise<User> {
  const path = wire.userByEmailPath(reference);
  // The tenant refuses to look for nobody.
  const byEmail = reference === '' ? [] : await managementRequest(tenant, wire.userArray, { method: 'GET', path });
  const [found, ...others] = byEmail;
  if (found && others.length === 0) return userOf(found);
  return findByReference(await listUsers(tenant), reference, ({ email, userId }) => ({ name: email, ids: [userId] }), {
    noun: 'user',
    listCommand: 'anon-cli local user list',
  });
}
