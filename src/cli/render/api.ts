import type { Api } from '../../domain/api/api.ts';
import { describeLifetime } from '../../domain/duration.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { gateText } from './app.ts';
import type { Paint } from './paint.ts';
import { printable } from './printable.ts';
import { rows, table } from './rows.ts';

export function renderApis(paint: Paint, apis: readonly Api[]): string {
  if (apis.length === 0)
    return 'No APIs yet. Create one: anon-cli api create shop --audience https://api.shop.example\n';
  return table(
    paint,
    ['NAME', 'GUESTS', 'GUEST SCOPES', 'AUDIENCE'],
    apis.map((api) => [
      printable(api.name),
      gateText(paint, api.guests.enabled),
      printable(api.guests.scopes.join(' ')) || '-',
      printable(api.audience),
    ]),
  );
}

export function renderApi(paint: Paint, api: Api): string {
  const { enabled, scopes, tokenLifetimeSeconds } = api.guests;
  return `${paint.bold(printable(api.name))}\n${rows(paint, [
    ['audience', printable(api.audience)],
    ['id', printable(api.id)],
    ['guests', gateText(paint, enabled)],
    ['guest scopes', printable(scopes.join(' ')) || 'none'],
    ['other scopes', printable(otherScopes(api).join(' ')) || 'none'],
    ['guest token lifetime', describeLifetime(tokenLifetimeSeconds)],
  ])}`;
}

function otherScopes(api: Api): string[] {
  return api.scopes.map(({ value }) => value).filter((value) => !api.guests.scopes.includes(value));
}

export function apiData(api: Api): JsonObject {
  return {
    id: api.id,
    name: api.name,
    audience: api.audience,
    enabled: api.guests.enabled,
    guest_scopes: api.guests.scopes,
    guest_token_lifetime: api.guests.tokenLifetimeSeconds,
    scopes: api.scopes.map(({ value, description }) => ({ value, description: description ?? null })),
  };
}
