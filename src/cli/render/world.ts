import type { JsonObject } from '../../wire/schema.ts';
import type { WorldChange, WorldGuestTokens, WorldKind } from '../../wire/tenant-world.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';

const nouns: Readonly<Record<WorldKind, string>> = {
  tenant: 'tenant settings',
  clock: 'clock',
  keys: 'keys',
  app: 'application',
  api: 'API',
  user: 'user',
  action: 'Action',
  guest: 'guest',
};

/** The guests of a world with their tokens, by name, for programs. */
export function guestsData(guests: readonly WorldGuestTokens[]): JsonObject {
  return Object.fromEntries(
    guests.map(({ name, guestId, sessionToken, accessToken, clientId, audience }) => [
      name,
      {
        ...{ guest_id: guestId, session_token: sessionToken, access_token: accessToken },
        ...{ client_id: clientId, audience },
      },
    ]),
  );
}

/** One line for each thing that was created or updated. */
export function renderWorldChanges(paint: Paint, changes: readonly WorldChange[]): string {
  return changes
    .map(({ kind, name, change }) => {
      const sign = change === 'created' ? paint.green('+') : paint.yellow('~');
      return `  ${sign} ${nouns[kind]}${name === '' ? '' : ` ${printable(name)}`}\n`;
    })
    .join('');
}

/** Passwords that users got because the world has none. */
export function renderNewPasswords(
  paint: Paint,
  passwords: readonly { readonly email: string; readonly password: string }[],
): string {
  if (passwords.length === 0) return '';
  const lines = passwords.map(({ email, password }) => `  ${printable(email)}  ${paint.bold(password)}\n`);
  return `New passwords, which are not shown again:\n${lines.join('')}`;
}
