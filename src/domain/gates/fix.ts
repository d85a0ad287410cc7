import { editionNamed } from '../../wire/edition/editions.ts';
import { noScopesGiven } from '../api/scopes.ts';
import { lacksConformance } from '../app/set-access.ts';
import { planUrlChange } from '../app/urls.ts';
import { editionOf } from '../exchange/management/request.ts';
import { both, type Plan } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import type { Check } from './diagnosis/check.ts';
import type { Diagnosis } from './diagnosis/diagnose.ts';
import { effectiveScopes } from './diagnosis/gate-checks.ts';
import type { DiagnosisRequest } from './diagnosis/management-checks.ts';
import { suggestedScopes } from './opening-command.ts';
import { planOpenApi, planSetUp } from './set-up.ts';

/** What may be changed. */
export interface Permission {
  readonly scopes: readonly string[];
  readonly oidcConformant: boolean;
  /** The origin of the pages that should get guests. */
  readonly origin?: string | undefined;
}

/**
 * Plans to open every closed gate that a write can open, and changes nothing else. If the application has to become
 * OIDC-conformant and that is not allowed, opens only the other gates. Undefined without an application, or if there is no
 * API and nothing else to open.
 * @throws {AnonError} `usage` when guests have no scopes and none are given, or the API does not define one of them;
 * `failed` when nothing is closed but the application, which has to become OIDC-conformant
 */
export async function planFix(diagnosis: Diagnosis, permission: Permission): Promise<Plan<unknown> | undefined> {
  const pages = await planOrigin(diagnosis, permission);
  const gates = await planGates(diagnosis, permission, { isOnly: pages === undefined });
  return pages && gates ? both(gates, pages) : (gates ?? pages);
}

/** Undefined unless the application's settings keep the pages out. */
async function planOrigin(
  { tenant, app, checks }: Diagnosis,
  { origin }: Permission,
): Promise<Plan<unknown> | undefined> {
  const canOpen = checks.some(({ check, fix }) => check === 'origin' && fix !== undefined);
  return app && origin !== undefined && canOpen ? planUrlChange(tenant, app, 'origins', { add: [origin] }) : undefined;
}

async function planGates(
  { tenant, app, api, checks }: Diagnosis,
  { scopes, oidcConformant }: Permission,
  { isOnly }: { isOnly: boolean },
): Promise<Plan<unknown> | undefined> {
  if (!app || !api) return undefined;
  const unknownGrant = checks.find(({ check, state }) => check === 'grant' && state === 'unknown');
  // New scopes are merged with the granted ones, so those must be known.
  if (unknownGrant?.error) throw unknownGrant.error;
  if (scopes.length === 0 && effectiveScopes(api, app).length === 0) {
    throw noScopesGiven(api);
  }
  if (!oidcConformant && lacksConformance(await editionOf(tenant), app)) {
    const plan = await planOpenApi(tenant, api, { app, scopes });
    if (plan.writes.length > 0 || !isOnly) return plan;
  }
  return planSetUp(tenant, { settings: {}, app, oidcConformant, api, scopes });
}

/** The `doctor --fix` command for {@link planFix}; undefined if it could open nothing. */
export function fixCommand({ tenant, app, api, checks }: Diagnosis, request: DiagnosisRequest): string | undefined {
  if (!app || !api || !checks.some(opensByFix)) return undefined;
  const suggested = effectiveScopes(api, app).length > 0 ? [] : suggestedScopes(api);
  const scopes = request.wanted.length > 0 ? request.wanted : suggested;
  const edition = tenant.edition && editionNamed(tenant.edition);
  const words = [
    'anon-cli doctor',
    ...(request.app.named === undefined ? [] : [`--app ${shellWord(request.app.named)}`]),
    ...(request.api.named === undefined ? [] : [`--api ${shellWord(request.api.named)}`]),
    ...(request.origin === undefined ? [] : [`--origin ${shellWord(request.origin)}`]),
    '--fix',
    ...(scopes.length > 0 ? [`--scopes ${shellWord(scopes.join(','))}`] : []),
    ...(edition && lacksConformance(edition, app) ? ['--oidc-conformant'] : []),
  ];
  return words.join(' ') + tenant.selection;
}

/** Warnings are left alone. */
function opensByFix({ check, state, fix }: Check): boolean {
  return fix !== undefined && (state === 'closed' || (check === 'origin' && state === 'unknown'));
}
