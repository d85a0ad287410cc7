import { ResponseError } from '../../../errors.ts';
import { detectEdition, type Edition, type EditionName } from '../../../wire/edition/edition.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import type { TenantSettingsBody } from '../../../wire/tenant-settings.ts';
import type { ApiWithGrants } from '../../api/api.ts';
import { apiWithGrants } from '../../api/guest-grants.ts';
import type { App } from '../../app/app.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import { checkShown } from '../../exchange/management/shown.ts';
import type { SavedApi, SavedApp } from '../../profile/profile.ts';
import { readSettings } from '../../tenant/settings.ts';
import {
  type Attempt,
  attempt,
  type Check,
  type CheckName,
  closedBy,
  findingFrom,
  skipped,
  unknownBecause,
} from './check.ts';
import { checkManagementScopes } from './connection-checks.ts';
import { apiToCheck, appToCheck, checkApi, checkApp, checkGrant, checkScopes, effectiveScopes } from './gate-checks.ts';
import { checkEdition, checkFeature, checkFormat, checkLifetime } from './tenant-checks.ts';

export interface DiagnosisRequest {
  readonly app: { readonly named: string | undefined; readonly chosen: SavedApp | undefined };
  readonly api: { readonly named: string | undefined; readonly chosen: SavedApi | undefined };
  /** The scopes that guests should get. Empty: any scope will do. */
  readonly wanted: readonly string[];
  /** The origin of a page that should get guests, as browsers send it. Undefined: don't check. */
  readonly origin: string | undefined;
  /** From --edition; overrides the edition detected from the tenant's settings. */
  readonly forcedEdition: EditionName | undefined;
  /** Request real tokens, with the application's secret if the user gave it. Undefined: don't. */
  readonly probe: { readonly clientSecret: string | undefined } | undefined;
}

/** The application and API of a diagnosis, and the scopes that guests get. */
export interface Subjects {
  readonly app: App | undefined;
  readonly api: ApiWithGrants | undefined;
  readonly scopes: readonly string[];
}

export const noSubjects: Subjects = { app: undefined, api: undefined, scopes: [] };

/** Runs all checks that need the Management API. */
export async function runManagementChecks(
  tenant: TenantConnection & { edition: EditionName | undefined },
  request: DiagnosisRequest,
  managementScopes: readonly string[] | undefined,
  add: (...found: Check[]) => void,
): Promise<Subjects> {
  const settings = await attempt(() => readSettings(tenant));
  if (!settings.ok && settings.error instanceof ResponseError && settings.error.status === 401) {
    // The profile's credentials are an access token, which the tenant refuses.
    add(closedBy('credentials', settings.error));
    return noSubjects;
  }
  if (settings.ok) add(checkEdition(tenant, settings.value, { isForced: request.forcedEdition !== undefined }));
  const edition = await settleEdition(tenant, request, settings);
  add(checkManagementScopes(tenant, managementScopes, edition));
  add(...(await tenantChecks(tenant, edition, settings)));
  if (!edition) return noSubjects;
  const app = await attempt(() => appToCheck(tenant, request.app));
  add(app.ok ? checkApp(tenant, edition, app.value) : undecided('app', app.error));
  const api = await attempt(() => apiToCheck(tenant, request.api));
  if (!api.ok) {
    add(undecided('api', api.error));
    return { ...noSubjects, app: app.ok ? app.value : undefined };
  }
  const grants = await attempt(() => apiWithGrants(tenant, api.value));
  const access = {
    edition,
    app: app.ok ? app.value : undefined,
    api: grants.ok ? grants.value : { ...api.value, grants: [] },
    wanted: request.wanted,
  };
  add(checkApi(tenant, access));
  if (!grants.ok) {
    add(unknownBecause('grant', grants.error), skipped('scopes', 'the grants could not be read'));
    return { ...access, scopes: [] };
  }
  const grant = checkGrant(tenant, access);
  add(grant, grant.state === 'closed' ? skipped('scopes', 'no scopes without a grant') : checkScopes(tenant, access));
  return { ...access, scopes: effectiveScopes(access.api, access.app) };
}

/** --edition wins over the detected edition, and that wins over the profile's saved one. */
async function settleEdition(
  tenant: { edition: EditionName | undefined } & Pick<TenantConnection, 'saveEdition'>,
  { forcedEdition }: DiagnosisRequest,
  settings: Attempt<TenantSettingsBody>,
): Promise<Edition | undefined> {
  const saved = tenant.edition;
  const detected = settings.ok ? detectEdition(settings.value) : undefined;
  tenant.edition = forcedEdition ?? detected ?? saved;
  if (saved === undefined && detected !== undefined) await tenant.saveEdition(detected);
  return tenant.edition && editionNamed(tenant.edition);
}

async function tenantChecks(
  tenant: TenantConnection,
  edition: Edition | undefined,
  settings: Attempt<TenantSettingsBody>,
): Promise<Check[]> {
  if (!settings.ok) {
    return (['edition', 'feature', 'lifetime', 'format'] as const).map((name) =>
      name === 'edition' ? unknownBecause(name, settings.error) : skipped(name, 'the settings could not be read'),
    );
  }
  const feature = checkFeature(tenant, settings.value);
  if (!edition) return [feature];
  const known = await attempt(async () => checkShown(edition, 'tenant', settings.value, 'its settings'));
  // Guests get tokens whatever the lifetime is, so the failure is not the diagnosis's.
  if (!known.ok) {
    const unknown = { ...unknownBecause('lifetime', known.error), error: undefined };
    return [feature, unknown, skipped('format', 'the settings could not be read')];
  }
  return [feature, checkLifetime(tenant, edition, settings.value), checkFormat(tenant, edition, settings.value)];
}

/** A choice between several may still succeed for a guest; without an open one, no guest gets a token. */
function undecided(check: CheckName, error: Check['error'] & {}): Check {
  const { message, hint, code } = error;
  if (code !== 'gate_closed') return unknownBecause(check, error);
  const [, fix] = /: (anon-cli [^<]+)$/.exec(hint ?? '') ?? [];
  return { check, state: 'closed', finding: findingFrom(message), fix, advice: fix ? undefined : hint };
}
