import { AnonError } from '../../errors.ts';
import type { GrantHolder } from '../api/grant.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { findByReference, only, referencesTo } from '../find-by-reference.ts';
import type { SavedApp } from '../profile/profile.ts';
import { shellWord } from '../shell-word.ts';
import { listInWords, truncateList } from '../truncate.ts';
import type { App } from './app.ts';
import { listApps, readApp } from './read.ts';

/** The shape of the client ids that the service generates. */
const clientIdShape = /^[A-Za-z0-9]{32}$/;

/**
 * Finds an application by its client id or name. Anything that looks like a client id is fetched directly, because a
 * tenant may have thousands. @throws as {@link findByReference}
 */
export async function findApp(tenant: TenantConnection, reference: string): Promise<App> {
  const known = clientIdShape.test(reference) ? await readApp(tenant, reference) : undefined;
  return known ?? appNamed(tenant, await listApps(tenant), reference);
}

export function appNamed(tenant: Pick<TenantConnection, 'selection'>, apps: readonly App[], reference: string): App {
  return findByReference(apps, reference, (app) => ({ name: app.name, ids: [app.clientId] }), {
    noun: 'application',
    listCommand: `anon-cli app list${tenant.selection}`,
  });
}

/** The parts of an application that a token request needs; the secret if it has one and it is known. */
export type RequestingApp = Pick<App, 'clientId' | 'name' | 'clientSecret'> & Partial<Pick<App, 'authMethod'>>;

/** An application named in a command, or else a profile's default. */
interface Choice {
  readonly named: string | undefined;
  readonly chosen: SavedApp | undefined;
}

/**
 * The application to request tokens as: the one named, or the profile's, or the only enabled one.
 * Without Management API credentials, a reference is taken as a client id.
 * @throws {AnonError} `usage` or `gate_closed` when it can't be decided, or as `findApp`
 */
export async function chooseRequestingApp(tenant: TenantConnection, choice: Choice): Promise<RequestingApp> {
  if (!tenant.management) return withoutLookup(choice);
  return requestingApp(tenant, await chooseApp(tenant, choice));
}

/** An application with its secret, if it has one and the credentials may read it: lists leave secrets out. */
export async function requestingApp(tenant: TenantConnection, app: App): Promise<RequestingApp> {
  if (app.authMethod === 'none' || app.clientSecret !== undefined) return app;
  return (await readApp(tenant, app.clientId)) ?? app;
}

/** The same choice for commands that configure the tenant, which can always look the application up. */
export async function chooseApp(tenant: TenantConnection, { named, chosen }: Choice): Promise<App> {
  if (named !== undefined) return findApp(tenant, named);
  if (chosen) return checkExists(tenant, await readApp(tenant, chosen.clientId), chosen);
  const apps = await listApps(tenant);
  const enabled = apps.filter((app) => app.enabled);
  const one = only(enabled);
  if (one) return one;
  throw undecidedApp(tenant, apps);
}

/**
 * The default application where it need not be enabled: the only enabled one, otherwise the tenant's only application.
 * Undefined when neither decides it.
 */
export function likelyApp(apps: readonly App[]): App | undefined {
  const enabled = apps.filter((app) => app.enabled);
  return only(enabled.length > 0 ? enabled : apps);
}

/**
 * The application whose guests get scopes: the one named, or the profile's, or the likely one. It may be disabled: gates are
 * independent. Undefined if the edition grants scopes to the guests of every application.
 * @throws {AnonError} `usage` if several could be meant, or as `chooseApp`
 */
export async function chooseGrantHolder(tenant: TenantConnection, choice: Choice): Promise<GrantHolder | undefined> {
  if (!(await editionOf(tenant)).grantsScopes) return undefined;
  if (choice.named !== undefined || choice.chosen) return chooseApp(tenant, choice);
  const apps = await listApps(tenant);
  const likely = likelyApp(apps);
  if (likely) return likely;
  if (apps.length === 0) {
    throw new AnonError('usage', "Scopes are granted to an application's guests, and the tenant has no application.", {
      hint: `Create one: anon-cli app create web --enable${tenant.selection}`,
    });
  }
  const names = listInWords(truncateList(apps), ({ name }) => shellWord(name));
  throw new AnonError('usage', `No application given, and the tenant has ${apps.length}: ${names}.`, {
    hint: `Choose one: --app <app>. To set a default: anon-cli profile set app <app>${tenant.selection}`,
  });
}

function withoutLookup({ named, chosen }: Choice): RequestingApp {
  const clientId = named ?? chosen?.clientId;
  if (clientId !== undefined) {
    return { clientId, name: chosen?.name ?? clientId, clientSecret: undefined };
  }
  throw new AnonError('usage', 'No application given, and the profile has no credentials to look one up.', {
    hint: 'Pass its client id: --app <client id>',
  });
}

function checkExists(tenant: TenantConnection, app: App | undefined, chosen: SavedApp): App {
  if (app) return app;
  throw new AnonError('not_found', `Application '${chosen.name}', the profile's default, not found.`, {
    hint: `Choose another: anon-cli profile set app <app>${tenant.selection}`,
  });
}

/** Why no default can be taken from `apps`: `usage` when several are enabled, `gate_closed` when none is. */
export function undecidedApp({ selection }: TenantConnection, apps: readonly App[]): AnonError {
  const enabled = apps.filter((app) => app.enabled);
  if (enabled.length > 1) {
    const names = referencesTo(enabled, ({ name, clientId }) => ({ name, ids: [clientId] }));
    return new AnonError('usage', `No application given, and ${enabled.length} are enabled: ${names}.`, {
      hint: `Choose one: --app <app>, or save a default: anon-cli profile set app <app>${selection}`,
    });
  }
  const name = apps.length === 1 && apps[0] ? shellWord(apps[0].name) : '<app>';
  return new AnonError('gate_closed', 'No application is enabled for guest sessions.', {
    hint:
      apps.length === 0
        ? `Create one: anon-cli app create web --enable${selection}`
        : `Enable one: anon-cli app enable ${name}${selection}`,
  });
}
