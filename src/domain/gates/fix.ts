import { editionNamed } from '../../wire/edition/editions.ts';
import { noScopesGiven } from '../api/scopes.ts';
import { lacksConformance } from '../app/set-access.ts';
import { editionOf } from '../exchange/management/request.ts';
import type { Plan } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import type { Diagnosis } from './diagnosis/diagnose.ts';
import { effectiveScopes } from './diagnosis/gate-checks.ts';
import type { DiagnosisRequest } from './diagnosis/management-checks.ts';
import { suggestedScopes } from './opening-command.ts';
import { planOpenApi, planSetUp } from './set-up.ts';

/**
 * Plans to open every closed gate that a write can open, and changes nothing else. If the application has to become
 * OIDC-conformant and that is not allowed, opens only the API's gates. Undefined without an application or an API.
 * @throws {AnonError} `usage` when guests have no scopes and none are given, or the API does not define one of them;
 * `failed` when nothing is closed but the application, which has to become OIDC-conformant
 */
export async function planFix(
  { tenant, app, api, checks }: Diagnosis,
  { scopes, oidcConformant }: { scopes: readonly string[]; oidcConformant: boolean },
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
    if (plan.writes.length > 0) return plan;
  }
  return planSetUp(tenant, { settings: {}, app, oidcConformant, api, scopes });
}

/** The `doctor --fix` command for {@link planFix}; undefined if it could open nothing. */
export function fixCommand({ tenant, app, api, checks }: Diagnosis, request: DiagnosisRequest): string | undefined {
  if (!app || !api || !checks.some(({ state, fix }) => state === 'closed' && fix !== undefined)) return undefined;
  const suggested = effectiveScopes(api, app).length > 0 ? [] : suggestedScopes(api);
  const scopes = request.wanted.length > 0 ? request.wanted : suggested;
  const edition = tenant.edition && editionNamed(tenant.edition);
  const words = [
    'anon-cli doctor',
    ...(request.app.named === undefined ? [] : [`--app ${shellWord(request.app.named)}`]),
    ...(request.api.named === undefined ? [] : [`--api ${shellWord(request.api.named)}`]),
    '--fix',
    ...(scopes.length > 0 ? [`--scopes ${shellWord(scopes.join(','))}`] : []),
    ...(edition && lacksConformance(edition, app) ? ['--oidc-conformant'] : []),
  ];
  return words.join(' ') + tenant.selection;
}
