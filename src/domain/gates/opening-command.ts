import type { Edition } from '../../wire/edition/edition.ts';
import type { Api } from '../api/api.ts';
import type { App } from '../app/app.ts';
import { lacksConformance } from '../app/set-access.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { shellWord } from '../shell-word.ts';

/** Shown for unknown values, and never quoted. */
const placeholders = ['<app>', '<scope>'];

type Place = Pick<TenantConnection, 'selection'>;

/** The command that opens gate 2, with --oidc-conformant where the edition requires it. */
export function appEnableCommand(
  { selection }: Place,
  app: Pick<App, 'name'> & Partial<Pick<App, 'oidcConformant'>>,
  edition: Edition | undefined,
): string {
  const { oidcConformant = true } = app;
  const needed = edition !== undefined && lacksConformance(edition, { oidcConformant });
  return `anon-cli app enable ${shellWord(app.name)}${needed ? ' --oidc-conformant' : ''}${selection}`;
}

/** The command that opens gates 3 and 4. Every edition accepts `--app`; those with grants require it. */
export function apiEnableCommand(
  { selection }: Place,
  api: string,
  guests: { readonly app: string | undefined; readonly scopes: readonly string[] },
): string {
  const app = guests.app === undefined ? '' : ` --app ${word(guests.app)}`;
  const scopes = guests.scopes.length === 0 ? '' : ` --scopes ${word(guests.scopes.join(','))}`;
  return `anon-cli api enable ${shellWord(api)}${app}${scopes}${selection}`;
}

function word(text: string): string {
  return placeholders.includes(text) ? text : shellWord(text);
}

/** A scope to suggest when guests have none and none was given: preferably one that only reads. */
export function suggestedScopes({ scopes }: Pick<Api, 'scopes'>): string[] {
  const values = scopes.map(({ value }) => value);
  const suggested = values.find((value) => value.startsWith('read:')) ?? values[0];
  return suggested === undefined ? [] : [suggested];
}
