import type { Wish } from '../../../domain/gates/set-up.ts';
import { checkTenantChange } from '../../../domain/tenant/settings.ts';
import { checkNothingMissing, type Inquiry } from './inquiry.ts';
import { pickApi } from './pick-api.ts';
import { pickApp, pickConformance } from './pick-app.ts';
import { pickScopes } from './pick-scopes.ts';
import { pickSettings } from './pick-settings.ts';

/**
 * What is to be set up: by the options, and where a person may be asked by questions for the rest.
 * @throws {AnonError} `usage` naming every option that is missing, `edition_unsupported` before any question
 */
export async function wishOf(inquiry: Inquiry): Promise<Wish> {
  const { access, edition, input, options } = inquiry;
  const change = {
    ...(input.lifetimeSeconds !== undefined && { lifetimeSeconds: input.lifetimeSeconds }),
    ...(input.tokenFormat && { tokenFormat: input.tokenFormat }),
  };
  checkTenantChange(
    access.tenant,
    edition,
    change,
    options.lifetime === undefined ? undefined : { lifetime: options.lifetime },
  );
  const app = await pickApp(inquiry);
  const oidcConformant = await pickConformance(inquiry, app);
  const api = await pickApi(inquiry);
  const scopes = await pickScopes(inquiry, app, api);
  checkNothingMissing(inquiry);
  if (!app || !api) throw new Error('what is missing was not told');
  const settings = await pickSettings(inquiry);
  return { settings, app, oidcConformant, api: 'id' in api ? api : { ...api, scopes }, scopes };
}
