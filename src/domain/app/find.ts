import { oneOf } from '../one-of.ts';
import type { TenantConnection } from '../ports.ts';
import type { App } from './app.ts';
import { listApps } from './list.ts';

/** The application that `reference` names: its client id or its name. @throws as {@link oneOf} */
export async function findApp(tenant: TenantConnection, reference: string): Promise<App> {
  return appNamed(tenant, await listApps(tenant), reference);
}

export function appNamed(tenant: Pick<TenantConnection, 'selection'>, apps: readonly App[], reference: string): App {
  return oneOf(apps, reference, (app) => ({ name: app.name, ids: [app.clientId] }), {
    noun: 'application',
    listCommand: `anon-cli app list${tenant.selection}`,
  });
}
