import type { ApiWithGrants } from '../../domain/api/api.ts';
import type { GrantHolder } from '../../domain/api/grant.ts';
import { anyGuestScopes, type GuestGrant, guestScopes } from '../../domain/api/guest-grants.ts';
import { describeTokenLifetime } from '../../domain/duration.ts';
import type { ApiResult, GuestGrantResult } from '../../library/tenant-results.ts';
import { guestsText } from './app.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows, table } from './rows.ts';

export function renderApis(paint: Paint, apis: readonly ApiWithGrants[]): string {
  if (apis.length === 0)
    return 'No APIs yet. Create one: anon-cli api create shop --audience https://api.shop.example\n';
  return table(
    paint,
    ['NAME', 'GUESTS', 'GUEST SCOPES', 'AUDIENCE'],
    apis.map((api) => [
      printable(api.name),
      guestsText(paint, api.guests.enabled),
      printable(anyGuestScopes(api).join(' ')) || '-',
      printable(api.audience),
    ]),
  );
}

/** One API. `names` has the names of applications with guest grants, by client id. */
export function renderApi(paint: Paint, api: ApiWithGrants, names: ReadonlyMap<string, string> = new Map()): string {
  const { enabled, tokenLifetimeSeconds } = api.guests;
  return `${paint.bold(printable(api.name))}\n${rows(paint, [
    ['audience', printable(api.audience)],
    ['id', printable(api.id || '-')],
    ['guests', guestsText(paint, enabled)],
    ...grantRows(api.grants, names),
    ...staleRows(api),
    ['other scopes', printable(otherScopes(api).join(' ')) || 'none'],
    ['guest token lifetime', describeTokenLifetime(tokenLifetimeSeconds)],
  ])}`;
}

/** A line for each application's guests, or one for all guests. */
function grantRows(grants: readonly GuestGrant[], names: ReadonlyMap<string, string>): (readonly [string, string])[] {
  if (grants.length === 0) return [['guest scopes', 'none']];
  return grants.map(({ clientId, scopes, allScopes }) => {
    const granted = allScopes ? 'all' : printable(scopes.join(' ')) || 'none';
    if (clientId === undefined) return ['guest scopes', granted];
    return ['guest scopes', `${granted}  (guests of ${printable(names.get(clientId) ?? clientId)})`];
  });
}

/** Granted scopes that the API does not define: no token has them. */
function staleRows(api: ApiWithGrants): (readonly [string, string])[] {
  const stale = anyGuestScopes(api).filter((scope) => !api.scopes.some(({ value }) => value === scope));
  return stale.length === 0
    ? []
    : [['undefined scopes', `${printable(stale.join(' '))}  (granted, but guests do not get them)`]];
}

/** The scopes that the guests of an application get, or all guests. */
export function guestScopesText(api: ApiWithGrants, app: GrantHolder | undefined): string {
  return printable(guestScopes(api, app?.clientId ?? '').join(' ')) || 'no scopes';
}

/** What guests get at an enabled API. */
export function enabledText(api: ApiWithGrants, app: GrantHolder | undefined): string {
  const guests = app ? `guests of ${printable(app.name)}` : 'guests';
  const lifetime = describeTokenLifetime(api.guests.tokenLifetimeSeconds);
  return `${printable(api.name)} accepts ${guests}: ${guestScopesText(api, app)}, access tokens live for ${lifetime}`;
}

function otherScopes(api: ApiWithGrants): string[] {
  const granted = anyGuestScopes(api);
  return api.scopes.map(({ value }) => value).filter((value) => !granted.includes(value));
}

export function grantsData(grants: readonly GuestGrant[]): GuestGrantResult[] {
  return grants.map(({ id, clientId, scopes, allScopes }) => ({
    id: id ?? null,
    client_id: clientId ?? null,
    scopes,
    all_scopes: allScopes,
  }));
}

export function apiData(api: ApiWithGrants): ApiResult {
  return {
    id: api.id,
    name: api.name,
    audience: api.audience,
    enabled: api.guests.enabled,
    guest_scopes: anyGuestScopes(api),
    guest_grants: grantsData(api.grants),
    guest_token_lifetime: api.guests.tokenLifetimeSeconds ?? null,
    scopes: api.scopes.map(({ value, description }) => ({ value, description: description ?? null })),
  };
}
