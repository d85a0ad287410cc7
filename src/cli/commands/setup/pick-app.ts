import type { App } from '../../../domain/app/app.ts';
import type { NewApp } from '../../../domain/app/create.ts';
import { appNamed, findApp } from '../../../domain/app/find.ts';
import { listApps } from '../../../domain/app/list.ts';
import { lacksConformance } from '../../../domain/app/set-access.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { type ClientType, clientTypes } from '../../../wire/client.ts';
import { printable } from '../../render/printable.ts';
import { namedChoices } from '../../tenant-access.ts';
import { askedText, type Inquiry } from './inquiry.ts';
import { pick } from './pick.ts';

/** The application that guests come with, as it is or to be made; undefined when it is missing. */
export function pickApp(inquiry: Inquiry): Promise<App | NewApp | undefined> {
  const { access, context, options } = inquiry;
  const { tenant, profile } = access;
  return pick<App, NewApp>(inquiry, {
    noun: 'application',
    question: 'Which application do guests come with?',
    flag: '--app <app>',
    named: namedChoices(context, options).app,
    toCreate: options.createApp,
    createFlag: (name) => `--create-app ${shellWord(name)}`,
    find: (reference) => findApp(tenant, reference),
    list: () => listApps(tenant),
    create: (name) => createOnce(inquiry, name),
    isChosen: ({ clientId }) => clientId === profile.app?.clientId,
    isOpen: ({ enabled }) => enabled,
    choice: ({ clientId, name, enabled }) => ({
      value: clientId,
      label: printable(name),
      note: `${printable(clientId)}${enabled ? '  takes guests' : ''}`,
    }),
  });
}

/** An application of that name is made once: the second time it is there. */
async function createOnce(inquiry: Inquiry, given: string | undefined): Promise<App | NewApp> {
  const { access, input, person } = inquiry;
  const name = given ?? (person ? await askedText(person, 'Name of the new application') : '');
  const alike = (await listApps(access.tenant)).filter((app) => app.name === name);
  if (alike.length > 0) return appNamed(access.tenant, alike, name);
  return { name, type: input.type ?? (await pickType(person)) };
}

const typeNotes: Readonly<Record<ClientType, string>> = {
  spa: 'runs in a browser, keeps no secret',
  native: 'runs on a phone or a desktop, keeps no secret',
  regular_web: 'has a server, keeps a secret',
  non_interactive: 'has nobody signing in, keeps a secret',
};

async function pickType(person: Inquiry['person']): Promise<ClientType> {
  if (!person) return 'spa';
  const types = (['spa', ...clientTypes] as const).filter((type, index, all) => all.indexOf(type) === index);
  const choices = types.map((type) => ({ value: type, label: type, note: typeNotes[type] }));
  const value = await person.prompts.choose('What type is it?', choices);
  return types.find((type) => type === value) ?? 'spa';
}

/** Whether an application is to be made OIDC-conformant, which changes how it signs users in. */
export async function pickConformance(inquiry: Inquiry, app: App | NewApp | undefined): Promise<boolean> {
  const { edition, options, person, missing } = inquiry;
  if (options.oidcConformant) return true;
  if (!app || !('clientId' in app) || !lacksConformance(edition, app)) return false;
  if (!person) {
    missing.push(`--oidc-conformant (which changes how ${shellWord(app.name)} signs users in)`);
    return false;
  }
  return person.confirm(
    `Guests need ${printable(app.name)} to be OIDC-conformant, which changes how it signs users in. Make it so?`,
  );
}
