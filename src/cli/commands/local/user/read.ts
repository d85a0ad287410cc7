import { findUser, listUsers } from '../../../../domain/user/read.ts';
import { printResult } from '../../../output/output.ts';
import { renderUser, renderUsers, userData } from '../../../render/user.ts';
import { accessLocalTenantAlone } from '../../../tenant/local-access.ts';
import { defineCommand } from '../../define-command.ts';

export const localUserListCommand = defineCommand({
  description: 'list the users of the local tenant',
  calls: 'nothing',
  result: 'list',
  examples: ['local user list'],
  more: 'docs/local-tenant.md',
  async run(context, _args, options) {
    const { tenant } = await accessLocalTenantAlone(context, options);
    const users = await listUsers(tenant);
    printResult(context, options, { data: users.map(userData), human: (paint) => renderUsers(paint, users) });
  },
});

export const localUserShowCommand = defineCommand({
  description: 'show one user of the local tenant, with their metadata',
  args: { '<user>': 'their e-mail address or id' },
  calls: 'nothing',
  examples: ['local user show jane@example.com'],
  more: 'docs/local-tenant.md',
  async run(context, { user: reference }, options) {
    const { tenant } = await accessLocalTenantAlone(context, options);
    const user = await findUser(tenant, reference);
    printResult(context, options, { data: userData(user), human: (paint) => renderUser(paint, user) });
  },
});
