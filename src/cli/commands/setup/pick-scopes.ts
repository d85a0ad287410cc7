import type { ApiWithGrants } from '../../../domain/api/api.ts';
import { guestScopes } from '../../../domain/api/guest-grants.ts';
import { checkDefined } from '../../../domain/api/scopes.ts';
import type { App } from '../../../domain/app/app.ts';
import type { NewApp } from '../../../domain/app/lifecycle.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { AnonError } from '../../../errors.ts';
import { askUntilAccepted } from '../../input/questions.ts';
import { scopeList } from '../../options/parse.ts';
import { printable } from '../../render/printable.ts';
import { type Dialog, recordAnswer } from './dialog.ts';
import type { NamedApi } from './pick-api.ts';

/**
 * The scopes to grant in addition to those that guests have. Only scopes that the user named are ever granted.
 * @throws {AnonError} `usage` when the API does not define one
 */
export async function pickScopes(
  dialog: Dialog,
  app: App | NewApp | undefined,
  api: ApiWithGrants | NamedApi | undefined,
): Promise<readonly string[]> {
  const { input, user, missing } = dialog;
  const known = api && 'id' in api ? api : undefined;
  if (input.scopes && input.scopes.length > 0) {
    if (known) checkScopes(dialog, known);
    return input.scopes;
  }
  const granted = known ? guestScopes(known, app && 'clientId' in app ? app.clientId : '') : [];
  if (user && known) return chosenScopes(dialog, user, { app: app?.name ?? '', api: known, granted });
  if (user && api) return newScopes(dialog, user);
  if (granted.length === 0) missing.push('--scopes <list>');
  return [];
}

/** Checks that the API defines the scopes from the options, or any scopes. @throws {AnonError} `usage` */
export function checkScopes({ input }: Dialog, api: Pick<ApiWithGrants, 'name' | 'scopes'>): void {
  if (input.scopes && input.scopes.length > 0) {
    checkDefined(api, input.scopes);
    return;
  }
  if (api.scopes.length > 0) return;
  throw new AnonError('usage', `API '${api.name}' defines no scopes, so guests can't get any.`, {
    hint: 'Add some in the Auth0 dashboard, or choose another API: --api <api>',
  });
}

async function newScopes(dialog: Dialog, user: NonNullable<Dialog['user']>): Promise<readonly string[]> {
  const question = 'Scopes for guests (example: read:catalog)';
  const scopes = await askUntilAccepted(
    user,
    () => user.prompts.text(question),
    (text) => {
      const list = scopeList(text);
      if (list.length > 0) return list;
      throw new AnonError('usage', 'Enter at least one scope: without scopes, guests get no tokens.');
    },
  );
  recordAnswer(dialog, { scopes: scopes.join(',') });
  return scopes;
}

async function chosenScopes(
  dialog: Dialog,
  { prompts }: NonNullable<Dialog['user']>,
  { app, api, granted }: { app: string; api: ApiWithGrants; granted: readonly string[] },
): Promise<readonly string[]> {
  checkScopes(dialog, api);
  const chosen = await prompts.chooseMany(
    `Which scopes should guests get at ${printable(api.name)}?`,
    api.scopes.map(({ value, description }) => ({
      value,
      label: printable(value),
      note: printable(description ?? ''),
      selected: granted.includes(value),
    })),
  );
  recordAnswer(dialog, { scopes: chosen.join(',') });
  const unselected = granted.filter((scope) => !chosen.includes(scope));
  if (unselected.length > 0) warnOfUnselected(dialog, { app, api, unselected });
  return chosen;
}

/** Setup never removes scopes from existing guests. */
function warnOfUnselected(
  { context, access: { tenant }, edition }: Dialog,
  { app, api, unselected }: { app: string; api: ApiWithGrants; unselected: readonly string[] },
): void {
  const holder = edition.grantsScopes ? ` --app ${shellWord(app)}` : '';
  const command = `anon-cli api scopes remove ${shellWord(api.name)} ${unselected.map(shellWord).join(' ')}${holder}${tenant.selection}`;
  context.warn(
    `Setup removes no scopes: guests still have ${unselected.map(printable).join(', ')}. To remove: ${command}`,
  );
}
