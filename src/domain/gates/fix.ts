import { editionNamed } from '../../wire/edition/editions.ts';
import { noScopesGiven } from '../api/scopes.ts';
import { lacksConformance } from '../app/set-access.ts';
import { editionOf } from '../exchange/management/request.ts';
import type { Plan } from '../plan/plan.ts';
import { shellWord } from '../shell-word.ts';
import { effectiveScopes } from './diagnosis/api-checks.ts';
import type { Diagnosis } from './diagnosis/diagnose.ts';
import type { Question } from './diagnosis/look.ts';
import { suggestedScopes } from './opening-command.ts';
import { planOpenApi, planSetUp } from './set-up.ts';

/**
 * Plans to open every closed gate that a write can open, and changes nothing else: where the application would have to
 * be made OIDC-conformant, and may not, those of the API. Undefined where it was not found out which application and API
 * are meant.
 * @throws {AnonError} `usage` when guests have no scopes and none are named, or one that the API does not define;
 * `failed` when the application would have to be made OIDC-conformant and nothing else is closed
 */
export async function planFix(
  { tenant, app, api, checks }: Diagnosis,
  { scopes, oidcConformant }: { scopes: readonly string[]; oidcConformant: boolean },
): Promise<Plan<unknown> | undefined> {
  if (!app || !api) return undefined;
  const unseen = checks.find(({ check, state }) => check === 'grant' && state === 'unknown');
  // What is there is merged with, so it has to be known.
  if (unseen?.error) throw unseen.error;
  if (scopes.length === 0 && effectiveScopes(api, app).length === 0) {
    throw noScopesGiven(api);
  }
  if (!oidcConformant && lacksConformance(await editionOf(tenant), app)) {
    const plan = await planOpenApi(tenant, api, { app, scopes });
    if (plan.writes.length > 0) return plan;
  }
  return planSetUp(tenant, { settings: {}, app, oidcConformant, api, scopes });
}

/** The command that does all of that at once; undefined where nothing that is closed can be opened so. */
export function fixCommand({ tenant, app, api, checks }: Diagnosis, question: Question): string | undefined {
  if (!app || !api || !checks.some(({ state, fix }) => state === 'closed' && fix !== undefined)) return undefined;
  const suggested = effectiveScopes(api, app).length > 0 ? [] : suggestedScopes(api);
  const scopes = question.wanted.length > 0 ? question.wanted : suggested;
  const edition = tenant.edition && editionNamed(tenant.edition);
  const words = [
    'anon-cli doctor',
    ...(question.app.named === undefined ? [] : [`--app ${shellWord(question.app.named)}`]),
    ...(question.api.named === undefined ? [] : [`--api ${shellWord(question.api.named)}`]),
    '--fix',
    ...(scopes.length > 0 ? [`--scopes ${shellWord(scopes.join(','))}`] : []),
    ...(edition && lacksConformance(edition, app) ? ['--oidc-conformant'] : []),
  ];
  return words.join(' ') + tenant.selection;
}
