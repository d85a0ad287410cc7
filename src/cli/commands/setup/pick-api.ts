import type { Api, ApiWithGrants } from '../../../domain/api/api.ts';
import { apiNamed, findApi } from '../../../domain/api/find.ts';
import { apiWithGrants } from '../../../domain/api/guest-grants.ts';
import type { NewApi } from '../../../domain/api/lifecycle.ts';
import { listApis, listEveryApi } from '../../../domain/api/read.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { askText, askUntilAccepted } from '../../input/questions.ts';
import { printable } from '../../render/printable.ts';
import { requestedAppAndApi } from '../../tenant/access.ts';
import { answered, type Dialog } from './dialog.ts';
import { pick } from './pick.ts';
import { checkScopes } from './pick-scopes.ts';

/** An API to be made, without its scopes. */
export type NamedApi = Omit<NewApi, 'scopes'>;

/** The API that guests get tokens for, as it is or to be made; undefined when it is missing. */
export async function pickApi(dialog: Dialog): Promise<ApiWithGrants | NamedApi | undefined> {
  const { access, context, options } = dialog;
  const { tenant, profile } = access;
  const api = await pick<Api, NamedApi>(dialog, {
    noun: 'API',
    question: 'Which API do guests call?',
    flag: '--api <api>',
    named: requestedAppAndApi(context, options).api,
    toCreate: options.createApi,
    createFlag: (name) =>
      isAudience(name)
        ? `--create-api <name> --audience ${shellWord(name)}`
        : `--create-api ${shellWord(name)} --audience <uri>`,
    find: (reference) => findApi(tenant, reference),
    list: () => listApis(tenant),
    create: (name) => createOnce(dialog, name),
    isChosen: ({ audience }) => audience === profile.api?.audience,
    isOpen: ({ guests }) => guests.enabled,
    nameOf: ({ name }) => name,
    check: (api) => checkScopes(dialog, api),
    chosen: (api) => answered(dialog, { api }),
    assumed: (api) => Object.assign(dialog.assumed, { api }),
    choice: ({ audience, name, guests }) => ({
      value: audience,
      label: printable(name),
      note: `${printable(audience)}${guests.enabled ? '  takes guests' : ''}`,
    }),
  });
  return api && 'id' in api ? apiWithGrants(tenant, api) : api;
}

/** An API of that audience is made once: the second time it is there. */
async function createOnce(dialog: Dialog, given: string | undefined): Promise<Api | NamedApi | undefined> {
  const { access, options, person, missing } = dialog;
  const known = options.audience ?? (given !== undefined && isAudience(given) ? given : undefined);
  const unnamed = given === undefined || given === known;
  const name = unnamed ? await askedName(person, given) : given;
  if (options.createApi === undefined) answered(dialog, { api: undefined, createApi: name });
  const apis = await listEveryApi(access.tenant);
  const withAudience = (audience: string) => {
    const alike = apis.filter((api) => api.audience === audience);
    return alike.length > 0 ? apiNamed(access.tenant, alike, audience) : { name, audience };
  };
  if (known !== undefined) {
    if (options.audience === undefined) answered(dialog, { audience: known });
    return withAudience(known);
  }
  if (!person) {
    missing.push('--audience <uri>');
    return undefined;
  }
  const question = 'Its identifier, such as https://api.shop.example';
  const api = await askUntilAccepted(person, () => askText(person, question), withAudience);
  answered(dialog, { audience: api.audience });
  return api;
}

async function askedName(person: Dialog['person'], fallback = ''): Promise<string> {
  return person ? askText(person, 'Name of the new API') : fallback;
}

function isAudience(reference: string): boolean {
  return reference.includes(':');
}
