import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import type { Edition, SessionTokenFormat } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { allowedOrigins, urlsIn } from '../app/allowed-origins.ts';
import { same } from '../plan/difference.ts';
import type { ConfigObject } from './objects.ts';

/**
 * A setting in a form that JSON keeps: lifetimes in seconds, lists sorted, null where nothing is set. `all` stands for the
 * scopes of a guest grant that has every scope of its API.
 */
export type Value = null | boolean | number | string | readonly string[] | readonly ClaimMapping[];

/** Settings of one object, by their names in the configuration file. */
export type Values = Readonly<Record<string, Value>>;

/** Every setting of an object that a configuration file may have in this edition. */
export function valuesIn(edition: Edition, object: ConfigObject, body: JsonObject | undefined): Values {
  if (object.kind === 'grant') return { scopes: body ? grantScopes(body) : null };
  if (object.kind === 'tenant') return tenantValues(edition, body ?? {});
  return object.kind === 'application' ? appValues(edition, body ?? {}) : apiValues(edition, body ?? {});
}

function tenantValues(edition: Edition, body: JsonObject): Values {
  const { lifetimeSeconds, tokenFormat, cookie } = edition.tenant.read(body);
  return { lifetime: lifetimeSeconds, format: tokenFormat, cookie: cookie ?? null };
}

function appValues(edition: Edition, body: JsonObject): Values {
  return {
    enabled: edition.client.read(body).enabled,
    'oidc-conformant': body.oidc_conformant === true,
    origins: sorted(ownOrigins(body)),
    ...(edition.claims.heldBy === 'application' && { claims: sortedClaims(edition.claims.read(body)) }),
  };
}

function apiValues(edition: Edition, body: JsonObject): Values {
  const { enabled, scopes, tokenLifetimeSeconds } = edition.resourceServer.read(body);
  return {
    open: enabled,
    'token-lifetime': tokenLifetimeSeconds ?? null,
    ...(scopes && { scopes: sorted(scopes) }),
    ...(edition.claims.heldBy === 'api' && { claims: sortedClaims(edition.claims.read(body)) }),
  };
}

function grantScopes(body: JsonObject): Value {
  return body.allow_all_scopes === true ? 'all' : sorted(stringsIn(body.scope));
}

/**
 * The members to send so that only the settings in `set` change. What is sent whole keeps everything else that `body`, the
 * current object, has.
 */
export function membersFor(edition: Edition, kind: ConfigObject['kind'], set: Values, body: JsonObject): JsonObject {
  if (kind === 'grant') return grantMembers(set, body);
  if (kind === 'tenant') {
    const { lifetime, format, cookie } = set as {
      lifetime?: number;
      format?: SessionTokenFormat;
      cookie?: boolean;
    };
    const change = {
      ...(lifetime !== undefined && { lifetimeSeconds: lifetime }),
      ...(format !== undefined && edition.tokenFormats.length > 1 && { tokenFormat: format }),
      ...(cookie !== undefined && { cookie }),
    };
    return edition.tenant.write(change, body);
  }
  const claims = Array.isArray(set.claims) ? edition.claims.write(set.claims as ClaimMapping[], body) : {};
  return { ...(kind === 'application' ? appMembers(edition, set, body) : apiMembers(edition, set, body)), ...claims };
}

function appMembers(edition: Edition, set: Values, body: JsonObject): JsonObject {
  return {
    ...(set['oidc-conformant'] !== undefined && { oidc_conformant: set['oidc-conformant'] }),
    ...(set.enabled !== undefined && edition.client.write({ enabled: set.enabled === true }, body)),
    ...(Array.isArray(set.origins) && originMembersFor(set.origins as string[], body)),
  };
}

function apiMembers(edition: Edition, set: Values, body: JsonObject): JsonObject {
  const { open, scopes, 'token-lifetime': lifetime } = set;
  return edition.resourceServer.write(
    {
      ...(open !== undefined && { enabled: open === true }),
      ...(Array.isArray(scopes) && { scopes: scopes as string[] }),
      ...(lifetime !== undefined && { tokenLifetimeSeconds: lifetime as number | null }),
    },
    body,
  );
}

function grantMembers({ scopes }: Values, body: JsonObject): JsonObject {
  if (scopes === 'all') return { allow_all_scopes: true };
  return { scope: scopes, ...(body.allow_all_scopes === true && { allow_all_scopes: false }) };
}

/** The origins that an application lists as such; callbacks allow further ones. */
function ownOrigins(body: JsonObject): string[] {
  return allowedOrigins({ body: { ...body, callbacks: [] } as never }).map(({ origin }) => origin);
}

/** Takes the other origins out of both lists, and adds the missing ones where silent logins look for them too. */
function originMembersFor(wanted: readonly string[], body: JsonObject): JsonObject {
  const app = { body: body as never };
  const stays = (url: string) => ownOrigins({ web_origins: [url] }).every((origin) => wanted.includes(origin));
  const [web, allowed] = [urlsIn(app, 'web_origins'), urlsIn(app, 'allowed_origins')];
  const left = { web_origins: web.filter(stays), allowed_origins: allowed.filter(stays) };
  const known = ownOrigins(left);
  const webOrigins = [...left.web_origins, ...wanted.filter((origin) => !known.includes(origin))];
  return {
    ...(!same(webOrigins, web) && { web_origins: webOrigins }),
    ...(left.allowed_origins.length < allowed.length && { allowed_origins: left.allowed_origins }),
  };
}

/** The settings of `wanted` that differ from `current`. */
export function differing(current: Values, wanted: Values): Values {
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => !same(value, current[name] ?? null)));
}

/** The settings of `values` that `names` has too. */
export function only(values: Values, names: Values): Values {
  return Object.fromEntries(Object.keys(names).map((name) => [name, values[name] ?? null]));
}

export function sorted(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}

export function sortedClaims(claims: readonly ClaimMapping[]): ClaimMapping[] {
  return claims
    .map(({ name, expression }) => ({ name, expression }))
    .sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}

function stringsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
