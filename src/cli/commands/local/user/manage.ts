import { readAssignments } from '../../../../domain/session/metadata/metadata.ts';
import { createUser, deleteUser } from '../../../../domain/user/lifecycle.ts';
import { newPassword } from '../../../../domain/user/new-password.ts';
import { findUser, listUsers } from '../../../../domain/user/read.ts';
import { requireConfirmation } from '../../../input/confirmation.ts';
import { readSecret } from '../../../input/secret.ts';
import { printResult } from '../../../output/output.ts';
import { printable } from '../../../render/printable.ts';
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

const metadataOption = (description: string) =>
  ({ description: `${description}: key=value, or key:=json`, repeatable: true }) as const;

export const localUserAddCommand = defineCommand({
  description: 'create a user who can log in at the local tenant',
  args: { '<email>': 'their e-mail address' },
  options: {
    '--password <->': "their password: '-' for stdin, '@<file>' for a file (default: a new one, printed once)",
    '--name <name>': 'their name (default: the e-mail address)',
    '--id <id>': 'what follows auth0| in their id (default: random)',
    '--email-verified': 'mark the e-mail address as verified',
    '--user-metadata <key=value>': metadataOption('metadata that the user may change'),
    '--app-metadata <key=value>': metadataOption('metadata that only you change'),
  },
  calls: 'nothing',
  examples: ['local user add jane@example.com', 'local user add joe@example.com --user-metadata language=de'],
  notes:
    'No e-mail is sent. At your own tenant, create users in the dashboard of the service or over its Management API.',
  more: 'docs/local-tenant.md',
  async run(context, { email }, options) {
    const userMetadata = metadataFrom('--user-metadata', options.userMetadata);
    const appMetadata = metadataFrom('--app-metadata', options.appMetadata);
    const { name, id, emailVerified = false } = options;
    const { tenant } = await accessLocalTenantAlone(context, options);
    const given = await readSecret(context, { flag: '--password', value: options.password });
    const password = given ?? newPassword();
    const user = await createUser(tenant, { email, password, emailVerified, name, id, userMetadata, appMetadata });
    printResult(context, options, {
      data: { ...userData(user), ...(given === undefined && { password }) },
      human: (paint) =>
        `${paint.green('✔')} Created user ${renderUser(paint, user, given === undefined ? password : undefined)}` +
        (given === undefined ? paint.dim('The password is not shown again.\n') : ''),
    });
  },
});

function metadataFrom(flag: string, assignments: readonly string[] = []) {
  return assignments.length === 0 ? undefined : readAssignments(assignments, flag);
}

export const localUserRemoveCommand = defineCommand({
  description: 'delete a user of the local tenant, with their sessions and refresh tokens',
  args: { '<user>': 'their e-mail address or id' },
  options: { '-y, --yes': "don't ask for confirmation" },
  calls: 'nothing',
  examples: ['local user remove jane@example.com --yes'],
  more: 'docs/local-tenant.md',
  async run(context, { user: reference }, options) {
    const { tenant } = await accessLocalTenantAlone(context, options);
    const user = await findUser(tenant, reference);
    const shown = printable(user.email);
    await requireConfirmation(context, options, { fact: `User ${shown} can't be restored`, question: 'Delete?' });
    await deleteUser(tenant, user);
    printResult(context, options, {
      data: { user_id: user.userId, email: user.email, deleted: true },
      human: (paint) => `${paint.green('✔')} Deleted user ${shown}\n`,
    });
  },
});
