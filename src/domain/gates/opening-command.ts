import type { Edition } from '../../wire/edition/edition.ts';
import type { Api } from '../api/api.ts';
import type { App } from '../app/app.ts';
import { lacksConformance } from '../app/set-access.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { shellWord } from '../shell-word.ts';

/** Stand for what is not known. */
const placeholders = ['<app>', '<scope>'];

type Place = Pick<TenantConnection, 'selection'>;

/** The command that opens gate 2; it makes the application OIDC-conformant too where the edition asks for that. */
export function appEnableCommand(
  { selection }: Place,
  app: Pick<App, 'name'> & Partial<Pick<App, 'oidcConformant'>>,
  edition: Edition | undefined,
): string {
  const { oidcConformant = true } = app;
  const lacking = edition !== undefined && lacksConformance(edition, { oidcConformant });
  return `anon-cli app enable ${shellWord(app.name)}${lacking ? ' --oidc-conformant' : ''}${selection}`;
}

/** `--app` is understood in each edition, and asked for in those that grant scopes to applications. */
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

/** What to suggest where guests have no scope and nobody said which: one that reads, if the API defines such. */
export function suggestedScopes({ scopes }: Pick<Api, 'scopes'>): string[] {
  const values = scopes.map(({ value }) => value);
  const suggested = values.find((value) => value.startsWith('read:')) ?? values[0];
  return suggested === undefined ? [] : [suggested];
}
