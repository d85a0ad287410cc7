import { chooseApi, likelyApi, type RequestedApi, undecidedApi } from '../../../domain/api/find.ts';
import { listApis } from '../../../domain/api/read.ts';
import type { App } from '../../../domain/app/app.ts';
import { chooseApp, likelyApp, undecidedApp } from '../../../domain/app/find.ts';
import { listApps } from '../../../domain/app/read.ts';
import { reworded } from '../../../errors.ts';
import type { Access } from '../../tenant/access.ts';

/** The application and the API that the user names. */
interface Wanted {
  readonly app?: string | undefined;
  readonly api?: string | undefined;
}

/**
 * The application and the API that a guest of an app of one's own needs: those named, or the profile's, or the only ones. They
 * may still be disabled. @throws {AnonError} `usage`, `gate_closed` or `not_found` when it can't be decided
 */
export async function appValues(
  { tenant, profile }: Access,
  { app, api }: Wanted = {},
): Promise<{ app: App; api: RequestedApi }> {
  return { app: await appOf({ tenant, profile }, app), api: await apiOf({ tenant, profile }, api) };
}

async function appOf({ tenant, profile }: Access, named: string | undefined): Promise<App> {
  if (named !== undefined || profile.app) return chooseApp(tenant, { named, chosen: profile.app });
  const apps = await listApps(tenant);
  const likely = likelyApp(apps);
  if (likely) return likely;
  const undecided = undecidedApp(tenant, apps);
  // A disabled one will do where it is named.
  if (apps.length < 2 || undecided.code !== 'gate_closed') throw undecided;
  throw reworded(undecided, {
    hint: `Name one: --app <app>, or enable one: anon-cli app enable <app>${tenant.selection}`,
  });
}

async function apiOf({ tenant, profile }: Access, named: string | undefined): Promise<RequestedApi> {
  if (named !== undefined || profile.api) return chooseApi(tenant, { named, chosen: profile.api });
  const apis = await listApis(tenant);
  const likely = likelyApi(apis);
  if (likely) return likely;
  throw undecidedApi(tenant, apis);
}
