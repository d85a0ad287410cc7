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
import { type Dialog, recordAnswer } from './dialog.ts';
import { pick } from './pick.ts';

/** The application that guests use, existing or to be created; undefined if it is missing. */
export function pickApp(dialog: Dialog): Promise<App | NewApp | undefined> {
  const { access, context, options } = dialog;
  const { tenant, profile } = access;
  return pick<App, NewApp>(dialog, {
    noun: 'application',
    question: 'Which application will guests use?',
    flag: '--app <app>',
    named: requestedAppAndApi(context, options).app,
    toCreate: options.createApp,
    createFlag: (name) => `--create-app ${shellWord(name)}`,
    find: (reference) => findApp(tenant, reference),
    list: () => listApps(tenant),
    create: (name) => newOrExisting(dialog, name),
    isChosen: ({ clientId }) => clientId === profile.app?.clientId,
    isOpen: ({ enabled }) => enabled,
    nameOf: ({ name }) => name,
    chosen: (app) => recordAnswer(dialog, { app }),
    assumed: (app) => Object.assign(dialog.assumed, { app }),
    choice: ({ clientId, name, enabled }) => ({
      value: clientId,
      label: printable(name),
      note: `${printable(clientId)}${enabled ? '  accepts guests' : ''}`,
    }),
  });
}

/** An application to create, or the existing one with this name: setup can run twice. */
async function newOrExisting(dialog: Dialog, given: string | undefined): Promise<App | NewApp> {
  const { access, input, options, user } = dialog;
  const apps = await listApps(access.tenant);
  const known = (name: string) => {
    const found = apps.filter((app) => app.name === name);
    return { name, app: found.length > 0 ? appNamed(access.tenant, found, name) : undefined };
  };
  const { name, app } =
    given === undefined && user
      ? await askUntilAccepted(user, () => askText(user, 'Name of the new application'), known)
      : known(given ?? '');
  if (options.createApp === undefined) recordAnswer(dialog, { app: undefined, createApp: name });
  if (app) return app;
  if (input.type !== undefined) return { name, type: input.type };
  const type = await pickType(user);
  if (user) recordAnswer(dialog, { type });
  return { name, type };
}

const typeNotes: Readonly<Record<ClientType, string>> = {
  spa: 'runs in a browser, has no secret',
  native: 'runs on a phone or desktop, has no secret',
  regular_web: 'runs on a server, has a secret',
  non_interactive: 'signs in no users, has a secret',
};

async function pickType(user: Dialog['user']): Promise<ClientType> {
  if (!user) return 'spa';
  const types = (['spa', ...clientTypes] as const).filter((type, index, all) => all.indexOf(type) === index);
  const choices = types.map((type) => ({ value: type, label: type, note: typeNotes[type] }));
  const value = await user.prompts.choose('What type of application is it?', choices);
  return types.find((type) => type === value) ?? 'spa';
}

/** Whether to make the application OIDC-conformant, which changes how it signs users in. */
export async function pickConformance(dialog: Dialog, app: App | NewApp | undefined): Promise<boolean> {
  const { edition, options, user, missing } = dialog;
  if (options.oidcConformant) return true;
  if (!app || !('clientId' in app) || !lacksConformance(edition, app)) return false;
  if (!user) {
    missing.push(`--oidc-conformant (which changes how ${shellWord(app.name)} signs users in)`);
    return false;
  }
  const confirmed = await user.confirm(
    `Guest sessions need ${printable(app.name)} to be OIDC-conformant, which changes how it signs users in. Enable that?`,
  );
  if (confirmed) recordAnswer(dialog, { oidcConformant: true });
  return confirmed;
}
