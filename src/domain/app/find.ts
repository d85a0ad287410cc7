import { AnonError } from '../../errors.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { findByReference, only } from '../find-by-reference.ts';
import type { SavedApp } from '../profile/profile.ts';
import { shellWord } from '../shell-word.ts';
import type { App } from './app.ts';
import { listApps, readApp } from './read.ts';

/** What a token request needs to know of an application; the secret where it has one and it is known. */
export type RequestingApp = Pick<App, 'clientId' | 'name' | 'clientSecret'> & Partial<Pick<App, 'authMethod'>>;

interface Choice {
  readonly named: string | undefined;
  readonly chosen: SavedApp | undefined;
}

/**
 * The application to ask for tokens as: the one named, else the profile's, else the only enabled one.
 * Without Management API credentials a reference is taken for a client id.
 * @throws {AnonError} `usage` or `gate_closed` when none can be told, or as `findApp`
 */
export async function chooseRequestingApp(tenant: TenantConnection, choice: Choice): Promise<RequestingApp> {
  if (!tenant.management) return withoutLookUp(choice);
  return requestingApp(tenant, await chooseApp(tenant, choice));
}

/** An application with its secret, where it has one and the credentials may read it: lists show none. */
export async function requestingApp(tenant: TenantConnection, app: App): Promise<RequestingApp> {
  if (app.authMethod === 'none' || app.clientSecret !== undefined) return app;
  return (await readApp(tenant, app.clientId)) ?? app;
}

/** The same choice for what configures the tenant: there it can always be looked up. */
export async function chooseApp(tenant: TenantConnection, { named, chosen }: Choice): Promise<App> {
  if (named !== undefined) return findApp(tenant, named);
  if (chosen) return stillThere(tenant, await readApp(tenant, chosen.clientId), chosen);
  const apps = await listApps(tenant);
  const enabled = apps.filter((app) => app.enabled);
  const one = only(enabled);
  if (one) return one;
  throw undecidedApp(tenant, apps);
}

/**
 * The application that is meant when nobody names one and it need not be enabled: the only enabled one, else the only
 * one there is. Undefined where that does not settle it.
 */
export function likelyApp(apps: readonly App[]): App | undefined {
  const enabled = apps.filter((app) => app.enabled);
  return only(enabled.length > 0 ? enabled : apps);
}

function withoutLookUp({ named, chosen }: Choice): RequestingApp {
  const clientId = named ?? chosen?.clientId;
  if (clientId !== undefined) {
    return { clientId, name: chosen?.name ?? clientId, clientSecret: undefined };
  }
  throw new AnonError('usage', 'No application given, and the profile has no credentials to look one up.', {
    hint: 'Pass its client id: --app <client id>',
  });
}

function stillThere(tenant: TenantConnection, app: App | undefined, chosen: SavedApp): App {
  if (app) return app;
  throw new AnonError('not_found', `Application '${chosen.name}', the profile's default, not found.`, {
    hint: `Choose another: anon-cli profile set app <app>${tenant.selection}`,
  });
}

/** Why none of `apps` is the one to use: `usage` when several are enabled, `gate_closed` when none is. */
export function undecidedApp({ selection }: TenantConnection, apps: readonly App[]): AnonError {
  const enabled = apps.filter((app) => app.enabled);
  if (enabled.length > 1) {
    const names = enabled.map(({ name }) => shellWord(name)).join(', ');
    return new AnonError('usage', `No application given, and ${enabled.length} are enabled: ${names}.`, {
      hint: `Choose one: --app <app>, or save a default: anon-cli profile set app <app>${selection}`,
    });
  }
  const name = apps.length === 1 && apps[0] ? shellWord(apps[0].name) : '<app>';
  return new AnonError('gate_closed', 'No application is enabled for anonymous sessions.', {
    hint:
      apps.length === 0
        ? `Create one: anon-cli app create web --enable${selection}`
        : `Enable one: anon-cli app enable ${name}${selection}`,
  });
}

/** What the service makes for client ids. */
const clientIdShape = /^[A-Za-z0-9]{32}$/;

/**
 * The application that `reference` names: its client id or its name. What looks like a client id is asked for
 * alone, since a tenant may have thousands. @throws as {@link findByReference}
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
