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
import { answered, type Dialog } from './dialog.ts';
import type { NamedApi } from './pick-api.ts';

/**
 * The scopes that guests are to get at an API beside those they have. Guests are never given scopes that nobody named.
 * @throws {AnonError} `usage` when the API does not define one
 */
export async function pickScopes(
  dialog: Dialog,
  app: App | NewApp | undefined,
  api: ApiWithGrants | NamedApi | undefined,
): Promise<readonly string[]> {
  const { input, person, missing } = dialog;
  const known = api && 'id' in api ? api : undefined;
  if (input.scopes && input.scopes.length > 0) {
    if (known) checkScopes(dialog, known);
    return input.scopes;
  }
  const granted = known ? guestScopes(known, app && 'clientId' in app ? app.clientId : '') : [];
  if (person && known) return chosenScopes(dialog, person, { app: app?.name ?? '', api: known, granted });
  if (person && api) return newScopes(dialog, person);
  if (granted.length === 0) missing.push('--scopes <list>');
  return [];
}

/** Whether guests can get scopes at an API: those that the options name, or else some. @throws {AnonError} `usage` */
export function checkScopes({ input }: Dialog, api: Pick<ApiWithGrants, 'name' | 'scopes'>): void {
  if (input.scopes && input.scopes.length > 0) {
    checkDefined(api, input.scopes);
    return;
  }
  if (api.scopes.length > 0) return;
  throw new AnonError('usage', `API '${api.name}' defines no scopes that guests could get.`, {
    hint: 'Define some at the tenant, or choose another: --api <api>',
  });
}

async function newScopes(dialog: Dialog, person: NonNullable<Dialog['person']>): Promise<readonly string[]> {
  const question = 'Scopes that guests get there, such as read:catalog';
  const scopes = await askUntilAccepted(
    person,
    () => person.prompts.text(question),
    (text) => {
      const list = scopeList(text);
      if (list.length > 0) return list;
      throw new AnonError('usage', 'At least one scope is needed: without one guests get no tokens.');
    },
  );
  answered(dialog, { scopes: scopes.join(',') });
  return scopes;
}

async function chosenScopes(
  dialog: Dialog,
  { prompts }: NonNullable<Dialog['person']>,
  { app, api, granted }: { app: string; api: ApiWithGrants; granted: readonly string[] },
): Promise<readonly string[]> {
  checkScopes(dialog, api);
  const chosen = await prompts.chooseMany(
    `What may guests do at ${printable(api.name)}?`,
    api.scopes.map(({ value, description }) => ({
      value,
      label: printable(value),
      note: printable(description ?? ''),
      selected: granted.includes(value),
    })),
  );
  answered(dialog, { scopes: chosen.join(',') });
  const kept = granted.filter((scope) => !chosen.includes(scope));
  if (kept.length > 0) warnOfKept(dialog, { app, api, kept });
  return chosen;
}

/** Setup opens gates; it takes nothing away from guests who are there. */
function warnOfKept(
  { context, access: { tenant }, edition }: Dialog,
  { app, api, kept }: { app: string; api: ApiWithGrants; kept: readonly string[] },
): void {
  const holder = edition.grantsScopes ? ` --app ${shellWord(app)}` : '';
  const command = `anon-cli api scopes remove ${shellWord(api.name)} ${kept.map(shellWord).join(' ')}${holder}${tenant.selection}`;
  context.warn(`Setup takes nothing away: guests keep ${kept.map(printable).join(', ')}. To take it away: ${command}`);
}
