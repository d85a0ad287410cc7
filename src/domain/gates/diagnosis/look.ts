import { ResponseError } from '../../../errors.ts';
import { detectEdition, type Edition, type EditionName } from '../../../wire/edition/edition.ts';
import { editionNamed } from '../../../wire/edition/editions.ts';
import type { TenantSettingsBody } from '../../../wire/tenant-settings.ts';
import type { ApiWithGrants } from '../../api/api.ts';
import { apiWithGrants } from '../../api/guest-grants.ts';
import type { App } from '../../app/app.ts';
import type { TenantConnection } from '../../exchange/connection.ts';
import type { SavedApi, SavedApp } from '../../profile/profile.ts';
import { readSettings } from '../../tenant/settings.ts';
import { apiToCheck, checkApi, checkGrant, checkScopes, effectiveScopes } from './api-checks.ts';
import { appToCheck, checkApp } from './app-check.ts';
import { type Attempt, attempt, type Check, type CheckName, closedBy, phrase, skipped, unseen } from './check.ts';
import { checkManagementScopes } from './connection-checks.ts';
import { checkEdition, checkFeature, checkFormat, checkLifetime } from './tenant-checks.ts';

export interface Question {
  readonly app: { readonly named: string | undefined; readonly chosen: SavedApp | undefined };
  readonly api: { readonly named: string | undefined; readonly chosen: SavedApi | undefined };
  /** The scopes that guests are to get; none: any will do. */
  readonly wanted: readonly string[];
  /** What the user says the tenant speaks, against what its settings tell. */
  readonly forcedEdition: EditionName | undefined;
  /** Make a guest. The application's secret where the user gave one. */
  readonly probe: { readonly clientSecret: string | undefined } | undefined;
}

/** What there is to look at, and what guests get there. */
export interface Seen {
  readonly app: App | undefined;
  readonly api: ApiWithGrants | undefined;
  readonly scopes: readonly string[];
}

export const nothing: Seen = { app: undefined, api: undefined, scopes: [] };

/** Makes every check that takes the Management API, and gives what there was to look at. */
export async function look(
  tenant: TenantConnection & { edition: EditionName | undefined },
  question: Question,
  managementScopes: readonly string[] | undefined,
  add: (...found: Check[]) => void,
): Promise<Seen> {
  const settings = await attempt(() => readSettings(tenant));
  if (!settings.ok && settings.error instanceof ResponseError && settings.error.status === 401) {
    // A token that somebody handed over, and that the tenant does not take.
    add(closedBy('credentials', settings.error));
    return nothing;
  }
  if (settings.ok) add(checkEdition(tenant, settings.value));
  const edition = await settleEdition(tenant, question, settings);
  add(checkManagementScopes(tenant, managementScopes, edition));
  add(...tenantChecks(tenant, edition, settings));
  if (!edition) return nothing;
  const app = await attempt(() => appToCheck(tenant, question.app));
  add(app.ok ? checkApp(tenant, edition, app.value) : unchosen('app', app.error));
  const api = await attempt(() => apiToCheck(tenant, question.api));
  if (!api.ok) {
    add(unchosen('api', api.error));
    return { ...nothing, app: app.ok ? app.value : undefined };
  }
  const grants = await attempt(() => apiWithGrants(tenant, api.value));
  const meeting = {
    edition,
    app: app.ok ? app.value : undefined,
    api: grants.ok ? grants.value : { ...api.value, grants: [] },
    wanted: question.wanted,
  };
  add(checkApi(tenant, meeting));
  if (!grants.ok) {
    add(unseen('grant', grants.error), skipped('scopes', 'the grants could not be looked at'));
    return { ...meeting, scopes: [] };
  }
  const grant = checkGrant(tenant, meeting);
  add(
    grant,
    grant.state === 'closed' ? skipped('scopes', 'without a grant there are none') : checkScopes(tenant, meeting),
  );
  return { ...meeting, scopes: effectiveScopes(meeting.api, meeting.app) };
}

/** What the tenant tells wins over what a profile remembers, and what the user says now over both. */
async function settleEdition(
  tenant: { edition: EditionName | undefined } & Pick<TenantConnection, 'saveEdition'>,
  { forcedEdition }: Question,
  settings: Attempt<TenantSettingsBody>,
): Promise<Edition | undefined> {
  const remembered = tenant.edition;
  const told = settings.ok ? detectEdition(settings.value) : undefined;
  tenant.edition = forcedEdition ?? told ?? remembered;
  if (remembered === undefined && told !== undefined) await tenant.saveEdition(told);
  return tenant.edition && editionNamed(tenant.edition);
}

function tenantChecks(
  tenant: TenantConnection,
  edition: Edition | undefined,
  settings: Attempt<TenantSettingsBody>,
): Check[] {
  if (!settings.ok) {
    return (['edition', 'feature', 'lifetime', 'format'] as const).map((name) =>
      name === 'edition' ? unseen(name, settings.error) : skipped(name, 'the settings could not be read'),
    );
  }
  const feature = checkFeature(settings.value);
  if (!edition) return [feature];
  return [feature, checkLifetime(tenant, edition, settings.value), checkFormat(tenant, edition, settings.value)];
}

/** That none of several can be told is not certain to stand in a guest's way; that none is open is. */
function unchosen(check: CheckName, error: Check['error'] & {}): Check {
  const { message, hint, code } = error;
  if (code !== 'gate_closed') return unseen(check, error);
  const [, fix] = /: (anon-cli [^<]+)$/.exec(hint ?? '') ?? [];
  return { check, state: 'closed', finding: phrase(message), fix, advice: fix ? undefined : hint };
}
