import { Hono } from 'hono/quick';
import { usersByEmailPath, usersPath } from '../../wire/user.ts';
import type { TenantScope } from '../scope.ts';
import { type ManagementVariables, requireScope } from './management-access.ts';

/**
 * /api/v2/users: list, read, create, patch, delete; and /api/v2/users-by-email. What answers them is loaded with the first
 * request, because most processes have none.
 */
export function userRoutes(scope: TenantScope): Hono<ManagementVariables> {
  const app = new Hono<ManagementVariables>();
  const onePath = `${usersPath}/:id`;
  const endpoints = () => import('./user-endpoints.ts');

  app.get(usersPath, requireScope('read:users'), async (c) => (await endpoints()).listUsers(scope, c));
  app.get(usersByEmailPath, requireScope('read:users'), async (c) => (await endpoints()).listUsersByEmail(scope, c));
  app.post(usersPath, requireScope('create:users'), async (c) => (await endpoints()).createUser(scope, c));
  app.get(onePath, requireScope('read:users'), async (c) => (await endpoints()).showUser(scope, c, c.req.param('id')));
  app.patch(onePath, requireScope('update:users'), async (c) => {
    return (await endpoints()).changeUser(scope, c, c.req.param('id'));
  });
  app.delete(onePath, requireScope('delete:users'), async (c) => {
    return (await endpoints()).deleteUser(scope, c, c.req.param('id'));
  });
  return app;
}
