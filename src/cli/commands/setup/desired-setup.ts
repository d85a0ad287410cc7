import { allowedOrigins, hasPages } from '../../../domain/app/allowed-origins.ts';
import type { App } from '../../../domain/app/app.ts';
import { appNamed, findApp } from '../../../domain/app/find.ts';
import type { NewApp } from '../../../domain/app/lifecycle.ts';
import { listApps } from '../../../domain/app/read.ts';
import { lacksConformance } from '../../../domain/app/set-access.ts';
import { checkUrls } from '../../../domain/app/urls.ts';
import { describeLifetime, lifetimeArgument } from '../../../domain/duration.ts';
import type { DesiredSetUp } from '../../../domain/gates/set-up.ts';
import { isLongLived, parseSessionLifetime, sessionLifetimeWarning } from '../../../domain/lifetime.ts';
import { shellWord } from '../../../domain/shell-word.ts';
import { checkTenantChange, readTenant, type TenantView } from '../../../domain/tenant/settings.ts';
import { type ClientType, clientTypes } from '../../../wire/client.ts';
import type { SessionTokenFormat } from '../../../wire/edition/edition.ts';
import { askText, askUntilAccepted } from '../../input/questions.ts';
import { printable } from '../../render/printable.ts';
import { readableTokens } from '../../render/tenant.ts';
import { requestedAppAndApi } from '../../tenant/access.ts';
import { checkNothingMissing, type Dialog, recordAnswer } from './dialog.ts';
import type { SetupOptions } from './options.ts';
import { pick } from './pick.ts';
import { pickApi } from './pick-api.ts';
import { pickScopes } from './pick-scopes.ts';

/**
 * What to set up, from the options, and from questions for the rest if the user can be asked.
 * @throws {AnonError} `usage` naming all missing options, `edition_unsupported` before any question
 */
export async function collectDesiredSetUp(dialog: Dialog): Promise<DesiredSetUp> {
  const { access, edition, input, options } = dialog;
  const change = {
    ...(input.lifetimeSeconds !== undefined && { lifetimeSeconds: input.lifetimeSeconds }),
    ...(input.tokenFormat && { tokenFormat: input.tokenFormat }),
  };
  checkTenantChange(
    access.tenant,
    edition,
    change,
    options.lifetime === undefined ? undefined : { lifetime: options.lifetime },
  );
  checkUrls(access.tenant, 'origins', givenOrigins(options));
  const app = await pickApp(dialog);
  const oidcConformant = await pickConformance(dialog, app);
  const origins = await pickOrigins(dialog, app);
  const api = await pickApi(dialog);
  const scopes = await pickScopes(dialog, app, api);
  checkNothingMissing(dialog);
  if (!app || !api) throw new Error('a missing option was not recorded');
  const settings = await pickSettings(dialog);
  return { settings, app, oidcConformant, origins, api: 'id' in api ? api : { ...api, scopes }, scopes };
}

/** The tenant's settings to change. Recommended values need no question, and a lifetime is never shortened unasked. */
async function pickSettings(dialog: Dialog): Promise<DesiredSetUp['settings']> {
  const now = await readTenant(dialog.access.tenant);
  const lifetimeSeconds = await pickLifetime(dialog, now);
  const tokenFormat = await pickFormat(dialog, now);
  return { ...(lifetimeSeconds !== undefined && { lifetimeSeconds }), ...(tokenFormat && { tokenFormat }) };
}

const longLifetimes = ['30d', '90d', '1y'] as const;

async function pickLifetime(dialog: Dialog, now: TenantView): Promise<number | undefined> {
  const { context, input, user } = dialog;
  if (input.lifetimeSeconds !== undefined) {
    const warning = sessionLifetimeWarning(input.lifetimeSeconds);
    if (warning) context.warn(warning);
    return input.lifetimeSeconds;
  }
  if (isLongLived(now.lifetimeSeconds)) return undefined;
  if (!user) {
    const lifetime = describeLifetime(now.lifetimeSeconds);
    context.warn(`Sessions live ${lifetime}; 30 days or longer is recommended: --lifetime 30d`);
    return undefined;
  }
  const choices = longLifetimes.map((value) => ({
    value,
    label: describeLifetime(parseSessionLifetime(value)),
    note: value === '30d' ? 'recommended' : '',
  }));
  const value = lifetimeArgument(now.lifetimeSeconds);
  const unchanged = { value, label: describeLifetime(now.lifetimeSeconds), note: 'current' };
  const lifetime = await user.prompts.choose('How long should guest sessions live?', [...choices, unchanged]);
  recordAnswer(dialog, { lifetime });
  return parseSessionLifetime(lifetime);
}

async function pickFormat(dialog: Dialog, now: TenantView): Promise<SessionTokenFormat | undefined> {
  const { context, input, user } = dialog;
  const { tokenFormat } = input;
  if (tokenFormat === 'jwt' || (tokenFormat === undefined && !user && now.tokenFormat === 'jwt')) {
    context.warn(readableTokens);
  }
  if (tokenFormat || now.tokenFormat === 'jwe' || !user) return tokenFormat;
  const value = await user.prompts.choose('Which format should session tokens have?', [
    { value: 'jwe', label: 'JWE', note: 'encrypted, recommended' },
    { value: 'jwt', label: 'JWT', note: 'readable by anyone, current' },
  ]);
  const format = value === 'jwt' ? 'jwt' : 'jwe';
  recordAnswer(dialog, { tokenFormat: format });
  return format;
}

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

/** Where the development servers of most frameworks serve pages. */
const usualOrigin = 'http://localhost:3000';

/** The origins in the options. An empty one stands for none. */
function givenOrigins({ origin = [] }: Pick<SetupOptions, 'origin'>): string[] {
  return origin.filter((text) => text !== '');
}

/** The origins to allow, in addition to those that are allowed. Only an application with pages and without any needs one. */
async function pickOrigins(dialog: Dialog, app: App | NewApp | undefined): Promise<readonly string[]> {
  const { access, options, user } = dialog;
  if (options.origin !== undefined) return givenOrigins(options);
  if (!user || !app || !hasPages(app) || ('clientId' in app && allowedOrigins(app).length > 0)) return [];
  const question = `Origins of the pages of ${printable(app.name)} (default: ${usualOrigin}; none: -)`;
  const origins = await askUntilAccepted(
    user,
    () => user.prompts.text(question),
    (text) => {
      const list = originList(text);
      checkUrls(access.tenant, 'origins', list);
      return list;
    },
  );
  recordAnswer(dialog, { origin: origins.length === 0 ? [''] : origins });
  return origins;
}

/** As a user writes them: joined by commas, spaces or both. */
function originList(text: string): string[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) return [usualOrigin];
  return words.length === 1 && words[0] === '-' ? [] : words;
}
