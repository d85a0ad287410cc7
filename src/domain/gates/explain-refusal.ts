import { GateClosedError, isAnonError, type ResponseError, withHint } from '../../errors.ts';
import { anonymousScope } from '../../wire/anonymous-token.ts';
import type { ApiWithGrants } from '../api/api.ts';
import type { RequestedApi } from '../api/choose.ts';
import { apiWithGrants, guestScopes } from '../api/guest-grants.ts';
import { listApis } from '../api/list.ts';
import type { RequestingApp } from '../app/choose.ts';
import type { TenantConnection } from '../ports.ts';
import { shellWord } from '../shell-word.ts';

/** What was asked when the tenant refused. */
export interface RefusedRequest {
  readonly app: RequestingApp;
  readonly api: RequestedApi;
  readonly scope: string | undefined;
}

/**
 * The same refusal with what to do about it. For a closed gate it says which one and the command that
 * opens it; the tenant is asked for what the command needs, where the profile may ask.
 */
export async function explainRefusal(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
): Promise<ResponseError> {
  const app = shellWord(request.app.name);
  switch (refusal.error) {
    case 'feature_not_enabled':
      return new GateClosedError(refusal, {
        name: 'tenant',
        explanation: 'Gate 1, the tenant: it does not have anonymous sessions.',
        command: undefined,
      });
    case 'unauthorized_client':
      return new GateClosedError(refusal, {
        name: 'application',
        explanation: `Gate 2, the application: ${app} may not create anonymous sessions.`,
        command: `anon-cli app enable ${app}${tenant.selection}`,
      });
    case 'invalid_target':
      return explainTarget(tenant, refusal, request, await knownApi(tenant, request));
    case 'invalid_scope':
      return explainScope(tenant, refusal, request, await knownApi(tenant, request));
    case 'invalid_client':
      return withHint(refusal, `Check the client id of ${app}, and its secret if it has one: --client-secret -`);
    case 'session_expired':
    case 'invalid_session_token':
      return withHint(refusal, `Start a new session: anon-cli token create${tenant.selection}`);
    default:
      return refusal;
  }
}

/** The API is unknown, closed, or open without a grant for guests of this application. */
function explainTarget(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
  api: ApiWithGrants | undefined,
): ResponseError {
  if (tenant.management && !api)
    return withHint(refusal, `The tenant has no API of that audience: anon-cli api list${tenant.selection}`);
  if (api?.guests.enabled) return withoutScopes(tenant, refusal, request, api, wantedScopes(request.scope));
  const name = shellWord(api?.name ?? request.api.name);
  const scopes = wantedScopes(request.scope).join(',') || api?.scopes[0]?.value;
  return new GateClosedError(refusal, {
    name: 'api',
    explanation: `Gate 3, the API: ${name} does not take guests.`,
    command: enableCommand(tenant, request, name, scopes),
  });
}

function explainScope(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
  api: ApiWithGrants | undefined,
): ResponseError {
  const wanted = wantedScopes(request.scope);
  const granted = api ? guestScopes(api, request.app.clientId) : [];
  const missing = wanted.filter((value) => !granted.includes(value));
  const undefinedScope = api && missing.find((value) => !api.scopes.some((scope) => scope.value === value));
  if (api && undefinedScope !== undefined) {
    const defined = api.scopes.map(({ value }) => value).join(', ') || 'none';
    return withHint(
      refusal,
      `API ${shellWord(api.name)} defines no scope '${undefinedScope}'. Its scopes: ${defined}.`,
    );
  }
  return withoutScopes(tenant, refusal, request, api, missing);
}

function withoutScopes(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
  api: ApiWithGrants | undefined,
  missing: readonly string[],
): ResponseError {
  const name = shellWord(api?.name ?? request.api.name);
  const some = missing.length > 0 ? missing : (api?.scopes.slice(0, 1).map(({ value }) => value) ?? []);
  return new GateClosedError(refusal, {
    name: 'scopes',
    explanation: `Gate 4, the scopes: guests of ${shellWord(request.app.name)} do not get ${missing.join(', ') || 'any'} at ${name}.`,
    command: enableCommand(tenant, request, name, some.join(',')),
  });
}

/** `--app` is understood in each edition, and asked for in those that grant scopes to applications. */
function enableCommand(
  { edition, selection }: TenantConnection,
  { app }: RefusedRequest,
  api: string,
  scopes: string | undefined,
): string {
  const holder = edition === 'preview' ? '' : ` --app ${shellWord(app.name)}`;
  return `anon-cli api enable ${api}${holder} --scopes ${scopes ? shellWord(scopes) : '<scope>'}${selection}`;
}

function wantedScopes(scope: string | undefined): string[] {
  return (scope ?? '').split(' ').filter((value) => value !== '' && value !== anonymousScope);
}

/** The refusal matters more than a look-up that fails on the way to its explanation. */
async function knownApi(
  tenant: TenantConnection,
  { api: { audience } }: RefusedRequest,
): Promise<ApiWithGrants | undefined> {
  if (!tenant.management) return undefined;
  try {
    const api = (await listApis(tenant)).find((one) => one.audience === audience);
    return api && (await apiWithGrants(tenant, api));
  } catch (error) {
    if (isAnonError(error) && error.code !== 'interrupted') return undefined;
    throw error;
  }
}
