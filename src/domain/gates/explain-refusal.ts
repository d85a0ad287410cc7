import { GateClosedError, type ResponseError, withHint } from '../../errors.ts';
import { anonymousScope } from '../../wire/anonymous-token.ts';
import { editionNamed } from '../../wire/edition/editions.ts';
import { metadataMaxBytes } from '../../wire/metadata.ts';
import type { ApiWithGrants } from '../api/api.ts';
import { apiWithGrants, guestScopes } from '../api/guest-grants.ts';
import { readApi } from '../api/read.ts';
import { readApp } from '../app/read.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { isTransientFailure } from '../exchange/retry.ts';
import { lacksFeature } from '../session/missing-feature.ts';
import { shellWord } from '../shell-word.ts';
import { apiEnableCommand, appEnableCommand, suggestedScopes } from './opening-command.ts';
import { contradictedBySettings, doctorHint, type RefusedRequest, readIfPossible } from './refused-request.ts';

/**
 * The same refusal with a hint. For a closed gate, names the gate and the command that opens it; the details for that
 * command are read from the tenant if the profile has Management API credentials.
 * @see wire contract, section 2, "Errors"
 */
export async function explainRefusal(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
): Promise<ResponseError> {
  switch (refusal.error) {
    case 'feature_not_enabled':
      return new GateClosedError(refusal, {
        name: 'tenant',
        explanation: lacksFeature,
        command: undefined,
      });
    case 'unauthorized_client':
      return explainToggle(tenant, refusal, request);
    case 'invalid_target':
      return explainTarget(tenant, refusal, request);
    case 'invalid_scope':
      return explainScope(tenant, refusal, request);
    case 'invalid_client':
      return withHint(refusal, await clientHint(tenant, request));
    case 'invalid_session_token':
      return withHint(
        refusal,
        `The session token is damaged, or from another tenant or application. Start a new session: anon-cli token create${tenant.selection}`,
      );
    case 'session_expired':
      return withHint(refusal, `Start a new session: anon-cli token create${tenant.selection}`);
    case 'invalid_request':
    case 'metadata_too_large':
      return withHint(refusal, requestHint(tenant, refusal, request));
    case 'server_error':
      return withHint(refusal, inTrouble);
    case 'invalid_response':
      return refusal.status === 403 ? withHint(refusal, pageInstead) : refusal;
    default:
      if (isTransientFailure(refusal.status)) return withHint(refusal, inTrouble);
      // An error code outside the contract. A rate limit already has a hint.
      return refusal.hint ? refusal : withHint(refusal, doctorHint(tenant, request));
  }
}

const inTrouble = 'The service failed, not your request. Try again later; see https://status.auth0.com';

/** An HTML page with status 403 comes from something in front of the service. */
const pageInstead =
  'The tenant may lack the anonymous sessions feature, or a firewall or proxy on the way refused the request.';

async function explainToggle(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
): Promise<ResponseError> {
  const { app } = request;
  const known = await readIfPossible(tenant, () => readApp(tenant, app.clientId));
  const edition = known
    ? await readIfPossible(tenant, () => editionOf(tenant))
    : tenant.edition && editionNamed(tenant.edition);
  if (known?.enabled && (known.oidcConformant || edition?.needsOidcConformance === false)) {
    return contradictedBySettings(tenant, refusal, request, `${shellWord(app.name)} may create anonymous sessions`);
  }
  return new GateClosedError(refusal, {
    name: 'application',
    explanation: `Gate 2, the application: ${shellWord(app.name)} may not create anonymous sessions.`,
    command: appEnableCommand(tenant, { name: app.name, oidcConformant: known?.oidcConformant }, edition),
  });
}

/** The client id is unknown, or its secret is wrong, missing, or given for a public application. */
async function clientHint(tenant: TenantConnection, request: RefusedRequest): Promise<string | undefined> {
  const { app } = request;
  const name = shellWord(app.name);
  const known = await readIfPossible(tenant, async () => (await readApp(tenant, app.clientId)) ?? 'none');
  if (known === 'none')
    return `The tenant has no application with client id ${shellWord(app.clientId)}. See: anon-cli app list${tenant.selection}`;
  if (known && known.authMethod !== 'none') {
    return app.clientSecret === undefined
      ? `${name} is confidential. Pass its secret: --client-secret -`
      : `The secret of ${name} is wrong, or was rotated. Pass the current one: --client-secret -`;
  }
  return doctorHint(
    tenant,
    request,
    `Check the client id of ${name}, and its secret if it has one (--client-secret -).`,
  );
}

/** The service has one code for every kind of bad request; only its description tells them apart. */
function requestHint(tenant: TenantConnection, refusal: ResponseError, request: RefusedRequest): string | undefined {
  // The service's descriptions are far shorter. The patterns below take quadratic time.
  const words = refusal.description.slice(0, 1000).toLowerCase();
  if (refusal.error === 'metadata_too_large' || /metadata.*(maximum|size|large)/.test(words)) {
    return `Metadata is limited to ${metadataMaxBytes} bytes of JSON in UTF-8. Store ids in it, and the data itself in your own database.`;
  }
  if (/metadata.*session_token/.test(words)) {
    return `Edition ea sets metadata only when a session is created. Replace the session with one that has the old and the new metadata: anon-cli token update --meta <key=value> --replace${tenant.selection}`;
  }
  if (/multiple authentication methods/.test(words)) {
    return 'The application sent its secret twice, in the body and in a header. Send it only once.';
  }
  if (words.includes('metadata')) {
    return 'Metadata is an object of strings, numbers and booleans; edition preview also accepts nested objects and arrays.';
  }
  return doctorHint(tenant, request);
}

/** The API is unknown, closed, or has no grant for guests of this application. */
async function explainTarget(
  tenant: TenantConnection,
  refusal: ResponseError,
  request: RefusedRequest,
): Promise<ResponseError> {
  const api = await readIfPossible(tenant, async () => (await knownApi(tenant, request)) ?? 'none');
  if (api === 'none') {
    return withHint(
      refusal,
      `The tenant has no API with audience ${shellWord(request.api.audience)}. See: anon-cli api list${tenant.selection}`,
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
async function explainScope(
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
