import type { App } from '../../../domain/app/app.ts';
import { appNamed, findApp } from '../../../domain/app/find.ts';
import type { NewApp } from '../../../domain/app/lifecycle.ts';
import { listApps } from '../../../domain/app/read.ts';
import { lacksConformance } from '../../../domain/app/set-access.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { type ClientType, clientTypes } from '../../../wire/client.ts';
import { askText, askUntilAccepted } from '../../input/questions.ts';
import { printable } from '../../render/printable.ts';
import { requestedAppAndApi } from '../../tenant/access.ts';
import { answered, type Dialog } from './dialog.ts';
import { pick } from './pick.ts';

/** The application that guests come with, as it is or to be made; undefined when it is missing. */
export function pickApp(dialog: Dialog): Promise<App | NewApp | undefined> {
  const { access, context, options } = dialog;
  const { tenant, profile } = access;
  return pick<App, NewApp>(dialog, {
    noun: 'application',
    question: 'Which application do guests come with?',
    flag: '--app <app>',
    named: requestedAppAndApi(context, options).app,
    toCreate: options.createApp,
    createFlag: (name) => `--create-app ${shellWord(name)}`,
    find: (reference) => findApp(tenant, reference),
    list: () => listApps(tenant),
    create: (name) => createOnce(dialog, name),
    isChosen: ({ clientId }) => clientId === profile.app?.clientId,
    isOpen: ({ enabled }) => enabled,
    nameOf: ({ name }) => name,
    chosen: (app) => answered(dialog, { app }),
    assumed: (app) => Object.assign(dialog.assumed, { app }),
    choice: ({ clientId, name, enabled }) => ({
      value: clientId,
      label: printable(name),
      note: `${printable(clientId)}${enabled ? '  takes guests' : ''}`,
    }),
  });
}

/** An application of that name is made once: the second time it is there. */
async function createOnce(dialog: Dialog, given: string | undefined): Promise<App | NewApp> {
  const { access, input, options, person } = dialog;
  const apps = await listApps(access.tenant);
  const known = (name: string) => {
    const alike = apps.filter((app) => app.name === name);
    return { name, app: alike.length > 0 ? appNamed(access.tenant, alike, name) : undefined };
  };
  const { name, app } =
    given === undefined && person
      ? await askUntilAccepted(person, () => askText(person, 'Name of the new application'), known)
      : known(given ?? '');
  if (options.createApp === undefined) answered(dialog, { app: undefined, createApp: name });
  if (app) return app;
  if (input.type !== undefined) return { name, type: input.type };
  const type = await pickType(person);
  if (person) answered(dialog, { type });
  return { name, type };
}

const typeNotes: Readonly<Record<ClientType, string>> = {
  spa: 'runs in a browser, keeps no secret',
  native: 'runs on a phone or a desktop, keeps no secret',
  regular_web: 'has a server, keeps a secret',
  non_interactive: 'has nobody signing in, keeps a secret',
};

async function pickType(person: Dialog['person']): Promise<ClientType> {
  if (!person) return 'spa';
  const types = (['spa', ...clientTypes] as const).filter((type, index, all) => all.indexOf(type) === index);
  const choices = types.map((type) => ({ value: type, label: type, note: typeNotes[type] }));
  const value = await person.prompts.choose('What type is it?', choices);
  return types.find((type) => type === value) ?? 'spa';
}

/** Whether an application is to be made OIDC-conformant, which changes how it signs users in. */
export async function pickConformance(dialog: Dialog, app: App | NewApp | undefined): Promise<boolean> {
  const { edition, options, person, missing } = dialog;
  if (options.oidcConformant) return true;
  if (!app || !('clientId' in app) || !lacksConformance(edition, app)) return false;
  if (!person) {
    missing.push(`--oidc-conformant (which changes how ${shellWord(app.name)} signs users in)`);
    return false;
  }
  const agreed = await person.confirm(
    `Guests need ${printable(app.name)} to be OIDC-conformant, which changes how it signs users in. Make it so?`,
  );
  if (agreed) answered(dialog, { oidcConformant: true });
  return agreed;
}
