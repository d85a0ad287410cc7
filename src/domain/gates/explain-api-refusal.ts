import { GateClosedError, type ResponseError, withHint } from '../../errors.ts';
import { anonymousScope } from '../../wire/anonymous-token.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import type { ApiWithGrants } from '../api/api.ts';
import { apiWithGrants, guestScopes } from '../api/guest-grants.ts';
import { readApi } from '../api/read.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { shellWord } from '../shell-word.ts';
import { apiEnableCommand, suggestedScopes } from './opening-command.ts';
import { contradictedBySettings, type RefusedRequest, readIfPossible } from './refused-request.ts';

/** The API is unknown, closed, or has no grant for guests of this application. */
export async function explainTarget(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
): Promise<ResponseError> {
  const api = await readIfPossible(tenant, async () => (await knownApi(tenant, request)) ?? 'none');
  if (api === 'none') {
    return withHint(
      refusal,
      `The tenant has no API with audience ${shellWord(request.api.audience)}. Run: anon-cli api list${tenant.selection}`,
    );
  }
  const wanted = wantedScopes(request.scope);
  if (api?.guests.enabled) return withoutScopes(tenant, refusal, { request, api, wanted });
  const name = api?.name ?? request.api.name;
  const has = api && guestScopes(api, request.app.clientId).length > 0;
  return new GateClosedError(refusal, {
    name: 'api',
    // The service has one error for both causes, and the settings could not be read.
    explanation: `Gate 3, the API: ${shellWord(name)} does not accept guests${api ? '' : `, or guests of ${shellWord(request.app.name)} have no scopes there`}.`,
    command: enableCommand(tenant, request, name, has ? wanted : scopesToGrant(wanted, api)),
  });
}

/** A requested scope is not granted to guests of this application, or not defined by the API. */
export async function explainScope(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
): Promise<ResponseError> {
  const api = await readIfPossible(tenant, () => knownApi(tenant, request));
  const wanted = wantedScopes(request.scope);
  const missing = missingScopes(wanted, api, request);
  const undefinedScope = api && missing.find((value) => !api.scopes.some((scope) => scope.value === value));
  if (api && undefinedScope !== undefined) {
    const defined = api.scopes.map(({ value }) => value).join(', ') || 'none';
    return withHint(
      refusal,
      `API ${shellWord(api.name)} does not define the scope '${undefinedScope}'. Its scopes: ${defined}.`,
    );
  }
  return withoutScopes(tenant, refusal, { request, api, wanted });
}

function withoutScopes(
  tenant: TenantConnection,
  refusal: ResponseError,
  { request, api, wanted }: { request: RefusedRequest; api: ApiWithGrants | undefined; wanted: readonly string[] },
): ResponseError {
  const missing = missingScopes(wanted, api, request);
  const name = api?.name ?? request.api.name;
  const granted = api?.guests.enabled ? guestScopes(api, request.app.clientId) : [];
  if (granted.length > 0 && missing.length === 0) {
    const settings = `guests of ${shellWord(request.app.name)} get ${granted.join(' ')} at ${shellWord(name)}`;
    return contradictedBySettings(tenant, refusal, request, settings);
  }
  return new GateClosedError(refusal, {
    name: 'scopes',
    explanation: `Gate 4, the scopes: guests of ${shellWord(request.app.name)} ${missing.length > 0 ? `do not get ${missing.join(', ')}` : 'get no scopes'} at ${shellWord(name)}.`,
    command: enableCommand(tenant, request, name, scopesToGrant(missing, api)),
  });
}

/** The wanted scopes that guests of the application do not get. */
function missingScopes(wanted: readonly string[], api: ApiWithGrants | undefined, { app }: RefusedRequest): string[] {
  const granted = api ? guestScopes(api, app.clientId) : [];
  return wanted.filter((value) => !granted.includes(value));
}

function scopesToGrant(wanted: readonly string[], api: ApiWithGrants | undefined): readonly string[] {
  if (wanted.length > 0) return wanted;
  const suggested = api ? suggestedScopes(api) : [];
  return suggested.length > 0 ? suggested : ['<scope>'];
}

/** Every edition accepts `--app`; it is left out where the edition is known not to need it. */
function enableCommand(
  tenant: TenantConnection,
  { app }: RefusedRequest,
  api: string,
  scopes: readonly string[],
): string {
  const granted = tenant.edition === undefined || editionNamed(tenant.edition).grantsScopes;
  return apiEnableCommand(tenant, api, { app: granted ? app.name : undefined, scopes });
}

function wantedScopes(scope: string | undefined): string[] {
  return (scope ?? '').split(' ').filter((value) => value !== '' && value !== anonymousScope);
}

async function knownApi(
  tenant: TenantConnection,
  { api: { audience } }: RefusedRequest,
): Promise<ApiWithGrants | undefined> {
  const api = await readApi(tenant, audience);
  return api && api.audience === audience && !api.system ? apiWithGrants(tenant, api) : undefined;
}
