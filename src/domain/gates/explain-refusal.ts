import { AnonError, GateClosedError, ResponseError } from '../../errors.ts';
import { anonymousScope } from '../../wire/anonymous-token.ts';
import type { Api } from '../api/api.ts';
import type { RequestedApi } from '../api/choose.ts';
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
      return explainTarget(tenant, refusal, request, await knownApi(tenant, request.api));
    case 'invalid_scope':
      return explainScope(tenant, refusal, request, await knownApi(tenant, request.api));
    case 'invalid_client':
      return withHint(refusal, `Check the client id of ${app}, and its secret if it has one: --client-secret -`);
    case 'session_expired':
    case 'invalid_session_token':
      return withHint(refusal, `Start a new session: anon-cli token create${tenant.selection}`);
    default:
      return refusal;
  }
}

function explainTarget(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
  api: Api | undefined,
): ResponseError {
  if (tenant.management && !api)
    return withHint(refusal, `The tenant has no API of that audience: anon-cli api list${tenant.selection}`);
  const name = shellWord(api?.name ?? request.api.name);
  const scopes = wantedScopes(request.scope).join(',') || api?.scopes[0]?.value;
  return new GateClosedError(refusal, {
    name: 'api',
    explanation: `Gate 3, the API: ${name} does not take guests.`,
    command: `anon-cli api enable ${name} --scopes ${scopes ? shellWord(scopes) : '<scope>'}${tenant.selection}`,
  });
}

function explainScope(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
  api: Api | undefined,
): ResponseError {
  const name = shellWord(request.api.name);
  const wanted = wantedScopes(request.scope);
  const missing = wanted.filter((value) => !api?.guests.scopes.includes(value));
  const undefinedScope = api && missing.find((value) => !api.scopes.some((scope) => scope.value === value));
  if (api && undefinedScope !== undefined) {
    const defined = api.scopes.map(({ value }) => value).join(', ') || 'none';
    return withHint(refusal, `API ${name} defines no scope '${undefinedScope}'. Its scopes: ${defined}.`);
  }
  const scopes = shellWord([...new Set([...(api?.guests.scopes ?? []), ...wanted])].join(','));
  return new GateClosedError(refusal, {
    name: 'scopes',
    explanation: `Gate 4, the scopes: guests of ${name} do not get ${missing.join(', ')}.`,
    command: `anon-cli api enable ${name} --scopes ${scopes}${tenant.selection}`,
  });
}

function wantedScopes(scope: string | undefined): string[] {
  return (scope ?? '').split(' ').filter((value) => value !== '' && value !== anonymousScope);
}

/** The refusal matters more than a look-up that fails on the way to its explanation. */
async function knownApi(tenant: TenantConnection, { audience }: RequestedApi): Promise<Api | undefined> {
  if (!tenant.management) return undefined;
  try {
    return (await listApis(tenant)).find((api) => api.audience === audience);
  } catch (error) {
    if (error instanceof AnonError && error.code !== 'interrupted') return undefined;
    throw error;
  }
}

function withHint(refusal: ResponseError, hint: string): ResponseError {
  return new ResponseError(refusal.code, refusal, { hint });
}
