import { chooseApi, type RequestedApi } from '../../../domain/api/find.ts';
import { chooseRequestingApp, type RequestingApp } from '../../../domain/app/find.ts';
import type { TenantConnection } from '../../../domain/exchange/connection.ts';
import type { Profile } from '../../../domain/profile/profile.ts';
import { scopeText } from '../../options/scopes.ts';
import type { requestedAppAndApi } from '../../tenant/access.ts';
import { type TokenInput, type TokenRequestOptions, withSecret } from './options.ts';

/** The application and the API of a token request: those that are named, else those that were chosen before. */
export async function tokenRequest(
  tenant: TenantConnection,
  { named, chosen }: { named: ReturnType<typeof requestedAppAndApi>; chosen: Pick<Profile, 'app' | 'api'> },
  { options, input }: { options: TokenRequestOptions; input: TokenInput },
): Promise<{ app: RequestingApp; api: RequestedApi; scope: string | undefined; metadata: TokenInput['metadata'] }> {
  const app = await chooseRequestingApp(tenant, { named: named.app, chosen: chosen.app });
  const api = await chooseApi(tenant, { named: named.api, chosen: chosen.api });
  return {
    app: withSecret(app, input.clientSecret),
    api,
    scope: scopeText(options.scope),
    metadata: input.metadata,
  };
}
