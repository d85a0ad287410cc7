import type { Api, ApiWithGrants } from '../../../domain/api/api.ts';
import { apiNamed, findApi } from '../../../domain/api/find.ts';
import { apiWithGrants } from '../../../domain/api/guest-grants.ts';
import type { NewApi } from '../../../domain/api/lifecycle.ts';
import { listApis, listEveryApi } from '../../../domain/api/read.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { askText, askUntilAccepted } from '../../input/questions.ts';
import { printable } from '../../render/printable.ts';
import { requestedAppAndApi } from '../../tenant/access.ts';
import { type Dialog, recordAnswer } from './dialog.ts';
import { pick } from './pick.ts';
import { checkScopes } from './pick-scopes.ts';

/** An API to create, without its scopes. */
export type NamedApi = Omit<NewApi, 'scopes'>;

/** The API that guests get tokens for, existing or to be created; undefined if it is missing. */
export async function pickApi(dialog: Dialog): Promise<ApiWithGrants | NamedApi | undefined> {
  const { access, context, options } = dialog;
  const { tenant, profile } = access;
  const api = await pick<Api, NamedApi>(dialog, {
    noun: 'API',
    question: 'Which API will guests call?',
    flag: '--api <api>',
    named: requestedAppAndApi(context, options).api,
    toCreate: options.createApi,
    createFlag: (name) =>
      isAudience(name)
        ? `--create-api <name> --audience ${shellWord(name)}`
        : `--create-api ${shellWord(name)} --audience <uri>`,
    find: (reference) => findApi(tenant, reference),
    list: () => listApis(tenant),
    create: (name) => newOrExisting(dialog, name),
    isChosen: ({ audience }) => audience === profile.api?.audience,
    isOpen: ({ guests }) => guests.enabled,
    nameOf: ({ name }) => name,
    check: (api) => checkScopes(dialog, api),
    chosen: (api) => recordAnswer(dialog, { api }),
    assumed: (api) => Object.assign(dialog.assumed, { api }),
    choice: ({ audience, name, guests }) => ({
      value: audience,
      label: printable(name),
      note: `${printable(audience)}${guests.enabled ? '  accepts guests' : ''}`,
    }),
  });
  return api && 'id' in api ? apiWithGrants(tenant, api) : api;
}

/** An API to create, or the existing one with its audience: setup can run twice. */
async function newOrExisting(dialog: Dialog, given: string | undefined): Promise<Api | NamedApi | undefined> {
  const { access, options, user, missing } = dialog;
  const known = options.audience ?? (given !== undefined && isAudience(given) ? given : undefined);
  const unnamed = given === undefined || given === known;
  const name = unnamed ? await nameFor(user, given) : given;
  if (options.createApi === undefined) recordAnswer(dialog, { api: undefined, createApi: name });
  const apis = await listEveryApi(access.tenant);
  const withAudience = (audience: string) => {
    const found = apis.filter((api) => api.audience === audience);
    return found.length > 0 ? apiNamed(access.tenant, found, audience) : { name, audience };
  };
  if (known !== undefined) {
    if (options.audience === undefined) recordAnswer(dialog, { audience: known });
    return withAudience(known);
  }
  if (!user) {
    missing.push('--audience <uri>');
    return undefined;
  }
  const question = 'Audience of the new API (example: https://api.shop.example)';
  const api = await askUntilAccepted(user, () => askText(user, question), withAudience);
  recordAnswer(dialog, { audience: api.audience });
  return api;
}

async function nameFor(user: Dialog['user'], fallback = ''): Promise<string> {
  return user ? askText(user, 'Name of the new API') : fallback;
}

function isAudience(reference: string): boolean {
  return reference.includes(':');
}
