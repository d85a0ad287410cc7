import { AnonError } from '../../errors.ts';
import type { ApiWithGrants } from '../api/api.ts';
import { apiNamed } from '../api/find.ts';
import { apiWithGrants } from '../api/guest-grants.ts';
import type { NewApi } from '../api/lifecycle.ts';
import { listEveryApi } from '../api/read.ts';
import type { App } from '../app/app.ts';
import { appNamed } from '../app/find.ts';
import type { NewApp } from '../app/lifecycle.ts';
import { listApps, readApp } from '../app/read.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { shellWord } from '../shell-word.ts';
import type { Wish } from './set-up.ts';

/**
 * The same wish, with its application and its API as they are at the tenant now; one that was to be made may be there.
 * @throws {AnonError} `not_found` when one is gone
 */
export async function renewedWish(tenant: TenantConnection, wish: Wish): Promise<Wish> {
  return { ...wish, app: await renewedApp(tenant, wish.app), api: await renewedApi(tenant, wish.api) };
}

async function renewedApp(tenant: TenantConnection, app: App | NewApp): Promise<App | NewApp> {
  if ('clientId' in app) return (await readApp(tenant, app.clientId)) ?? gone('application', app.name);
  const alike = (await listApps(tenant)).filter(({ name }) => name === app.name);
  return alike.length > 0 ? appNamed(tenant, alike, app.name) : app;
}

async function renewedApi(tenant: TenantConnection, api: ApiWithGrants | NewApi): Promise<ApiWithGrants | NewApi> {
  const alike = (await listEveryApi(tenant)).filter(({ audience }) => audience === api.audience);
  if (alike.length > 0) return apiWithGrants(tenant, apiNamed(tenant, alike, api.audience));
  return 'id' in api ? gone('API', api.name) : api;
}

function gone(noun: string, name: string): never {
  throw new AnonError('not_found', `The ${noun} ${shellWord(name)} is gone: it was deleted meanwhile.`);
}
