import type { User } from '../../domain/user/user.ts';
import type { UserResult } from '../../library/tenant-results.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Paint } from './paint.ts';
import { printable, printableJson } from './printable.ts';
import { rows, table } from './rows.ts';

export function renderUsers(paint: Paint, users: readonly User[]): string {
  if (users.length === 0) return 'No users yet. Create one: anon-cli local user add jane@example.com\n';
  return table(
    paint,
    ['E-MAIL', 'NAME', 'LOGINS', 'ID'],
    users.map((user) => [
      `${printable(user.email)}${user.blocked ? paint.yellow(' (blocked)') : ''}`,
      printable(user.name),
      String(user.logins),
      printable(user.userId),
    ]),
  );
}

/** A user, with the password that a new one was given. */
export function renderUser(paint: Paint, user: User, newPassword?: string): string {
  const { lastLogin } = user;
  return `${paint.bold(printable(user.email))}\n${rows(paint, [
    ['id', printable(user.userId)],
    ['name', printable(user.name)],
    ['e-mail', user.emailVerified ? 'verified' : 'not verified'],
    ...(user.blocked ? [['login', paint.yellow('blocked')] as [string, string]] : []),
    ['logins', lastLogin === undefined ? 'none' : `${user.logins}, the last at ${printable(lastLogin)}`],
    ['user_metadata', metadataText(user.userMetadata)],
    ['app_metadata', metadataText(user.appMetadata)],
    ...(newPassword === undefined ? [] : [['password', newPassword] as [string, string]]),
  ])}`;
}

function metadataText(metadata: JsonObject): string {
  return Object.keys(metadata).length === 0 ? 'none' : printableJson(metadata);
}

/** A user for `--json`. */
export function userData(user: User): UserResult {
  return {
    user_id: user.userId,
    email: user.email,
    email_verified: user.emailVerified,
    name: user.name,
    blocked: user.blocked,
    created_at: user.createdAt ?? null,
    last_login: user.lastLogin ?? null,
    logins_count: user.logins,
    user_metadata: user.userMetadata,
    app_metadata: user.appMetadata,
  };
}
