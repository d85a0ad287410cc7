import type { Edition } from '../../../wire/edition/edition.ts';
import type { App } from '../../app/app.ts';
import { chooseApp, likelyApp, undecidedApp } from '../../app/find.ts';
import { listApps, readApp } from '../../app/read.ts';
import { lacksConformance } from '../../app/set-access.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import type { SavedApp } from '../../profile/profile.ts';
import { shellWord } from '../../shell-word.ts';
import { appEnableCommand } from '../opening-command.ts';
import type { Check } from './check.ts';

/**
 * The application to look at: as `token create` chooses it; where none is enabled, the only one there is. With its
 * secret, where it has one that may be read.
 * @throws {AnonError} `usage` or `gate_closed` when none can be told, `not_found`
 */
export async function appToCheck(
  tenant: TenantConnection,
  choice: { named: string | undefined; chosen: SavedApp | undefined },
): Promise<App> {
  const app = choice.named !== undefined || choice.chosen ? await chooseApp(tenant, choice) : await onlyApp(tenant);
  if (app.authMethod === 'none' || app.clientSecret !== undefined) return app;
  return (await readApp(tenant, app.clientId)) ?? app;
}

async function onlyApp(tenant: TenantConnection): Promise<App> {
  const apps = await listApps(tenant);
  const likely = likelyApp(apps);
  if (likely) return likely;
  throw undecidedApp(tenant, apps);
}

/** Gate 2: the application's toggle, and what its edition asks for beside it. */
export function checkApp(tenant: TenantConnection, edition: Edition, app: App): Check {
  const check = 'app';
  const name = shellWord(app.name);
  const fix = appEnableCommand(tenant, app, edition);
  if (!app.enabled) {
    const also = lacksConformance(edition, app) ? ', and is not OIDC-conformant, which that takes' : '';
    return { check, state: 'closed', finding: `${name} may not create guest sessions${also}`, fix };
  }
  if (lacksConformance(edition, app)) {
    return { check, state: 'closed', finding: `${name} is enabled, but not OIDC-conformant, which that takes`, fix };
  }
  if (app.authMethod !== 'none' && app.clientSecret === undefined) {
    return {
      check,
      state: 'warning',
      finding: `${name} may create guest sessions; it is confidential, and these credentials may not read its secret`,
      advice:
        'To get its tokens, give the secret: --client-secret -; or give the credentials the scope read:client_keys.',
    };
  }
  const kind = app.authMethod === 'none' ? 'public' : 'confidential';
  return { check, state: 'open', finding: `${name} (${kind}) may create guest sessions` };
}
