import { oneOf } from '../one-of.ts';
import type { TenantConnection } from '../ports.ts';
import type { App } from './app.ts';
import { listApps } from './list.ts';
import { readApp } from './read.ts';

/** What the service makes for client ids. */
const clientIdShape = /^[A-Za-z0-9]{32}$/;

/**
 * The application that `reference` names: its client id or its name. What looks like a client id is asked for
 * alone, since a tenant may have thousands. @throws as {@link oneOf}
 */
export async function findApp(tenant: TenantConnection, reference: string): Promise<App> {
  const known = clientIdShape.test(reference) ? await readApp(tenant, reference) : undefined;
  return known ?? appNamed(tenant, await listApps(tenant), reference);
}

export function appNamed(tenant: Pick<TenantConnection, 'selection'>, apps: readonly App[], reference: string): App {
  return oneOf(apps, reference, (app) => ({ name: app.name, ids: [app.clientId] }), {
    noun: 'application',
    listCommand: `anon-cli app list${tenant.selection}`,
  });
}
