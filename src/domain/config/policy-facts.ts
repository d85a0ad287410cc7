import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import type { Edition, SessionTokenFormat } from '../../wire/edition/edition.ts';
import type { DocumentPath } from '../document/node.ts';
import type { Matrix } from '../gates/matrix.ts';
import type { TenantView } from '../tenant/settings.ts';
import type { Config, ConfigApi, ConfigTenant } from './config.ts';
import { type ConfigObject, keyOf, tenantObject } from './objects.ts';
import type { ConfigPlan } from './plan.ts';
import type { FoundObject } from './read-tenant.ts';
import type { Values } from './settings.ts';

/** Something that policies judge, and where a file says it. */
export interface Fact<Value> {
  /** Undefined where it is unknown. */
  readonly value: Value | undefined;
  /** Its path in the configuration. */
  readonly path?: DocumentPath;
}

/** An application by everything that a pattern may name. */
export interface AppNames {
  readonly name: string;
  readonly clientId?: string;
}

export interface GuestScopes {
  /** Undefined for the guests of every application. */
  readonly app: AppNames | undefined;
  readonly scopes: readonly string[];
  readonly path?: DocumentPath;
}

export interface ApiFacts {
  readonly audience: string;
  /** False where it accepts no guests, so that what is unknown does not matter. */
  readonly open: boolean | undefined;
  readonly tokenLifetimeSeconds: Fact<number>;
  readonly guests: Fact<readonly GuestScopes[]>;
}

/** What is known about a tenant, from its settings or from a configuration. */
export interface PolicyFacts {
  readonly lifetimeSeconds: Fact<number>;
  readonly tokenFormat: Fact<ConfigTenant['tokenFormat']>;
  /** False where the edition has no cookie. */
  readonly cookie: Fact<boolean>;
  readonly apis: readonly ApiFacts[];
  readonly claims: Fact<readonly (ClaimMapping & { readonly path?: DocumentPath })[]>;
}

/** What a configuration says: only what it manages is known. */
export function factsOfConfig({ tenant = {}, apis, claims }: Config): PolicyFacts {
  return {
    lifetimeSeconds: { value: tenant.lifetimeSeconds, path: ['tenant', 'lifetime'] },
    tokenFormat: { value: tenant.tokenFormat, path: ['tenant', 'format'] },
    cookie: { value: tenant.cookie, path: ['tenant', 'cookie'] },
    apis: [...apis].map(([audience, api]) => factsOfApi(audience, api)),
    claims: {
      value: claims?.map((claim) => ({ ...claim, path: ['claims', claim.name] })),
      path: ['claims'],
    },
  };
}

function factsOfApi(audience: string, { open, tokenLifetimeSeconds, scopes, apps }: ConfigApi): ApiFacts {
  const path = ['apis', audience];
  const ofAll = scopes && [{ app: undefined, scopes, path: [...path, 'scopes'] }];
  const ofOne = [...(apps ?? [])].map(([name, own]) => ({ app: { name }, scopes: own, path: [...path, 'apps', name] }));
  return {
    audience,
    open,
    tokenLifetimeSeconds: { value: tokenLifetimeSeconds, path: [...path, 'token-lifetime'] },
    guests: { value: ofAll || apps ? [...(ofAll ?? []), ...ofOne] : undefined, path },
  };
}

/** What a tenant's settings and its whole matrix say. `claims` is every mapping of every application and API. */
export function factsOfTenant(
  view: TenantView,
  matrix: Matrix,
  claims: readonly ClaimMapping[] | undefined,
): PolicyFacts {
  return {
    lifetimeSeconds: { value: view.lifetimeSeconds },
    tokenFormat: { value: view.tokenFormat },
    cookie: { value: view.cookie ?? false },
    apis: matrix.apis.map((api, column) => ({
      audience: api.audience,
      open: api.guests.enabled,
      tokenLifetimeSeconds: { value: api.guests.tokenLifetimeSeconds },
      guests: {
        value: matrix.rows.flatMap((row) => {
          const cell = row[column];
          return cell && cell.scopes.length > 0
            ? [{ app: { name: cell.app.name, clientId: cell.app.clientId }, scopes: cell.scopes }]
            : [];
        }),
      },
    })),
    claims: { value: claims },
  };
}

interface After {
  readonly object: ConfigObject;
  readonly values: Values;
  readonly found: FoundObject | undefined;
}

/**
 * What policies judge of a tenant once a plan is carried out: what the file sets, and what it leaves as it is. `config` gives the
 * places of what the file sets.
 */
export function factsAfter(
  config: Config,
  edition: Edition,
  { managed }: ConfigPlan,
  objects: ReadonlyMap<string, FoundObject>,
): PolicyFacts {
  const after = new Map<string, After>();
  for (const [key, found] of objects) after.set(key, { object: found.object, values: found.values, found });
  for (const { object, values } of managed) {
    const before = after.get(keyOf(object));
    after.set(keyOf(object), { object, found: before?.found, values: { ...before?.values, ...values } });
  }
  const grants = grantsByAudience(after);
  const { lifetime, format, cookie } = after.get(keyOf(tenantObject))?.values ?? {};
  const { tenant = {} } = config;
  return {
    lifetimeSeconds: {
      value: lifetime as number | undefined,
      ...(tenant.lifetimeSeconds !== undefined && { path: ['tenant', 'lifetime'] }),
    },
    tokenFormat: {
      value: format as SessionTokenFormat | undefined,
      ...(tenant.tokenFormat && { path: ['tenant', 'format'] }),
    },
    cookie: { value: cookie === true, ...(tenant.cookie !== undefined && { path: ['tenant', 'cookie'] }) },
    apis: [...after.values()].flatMap((one) => (one.object.kind === 'api' ? [apiFacts(config, one, grants)] : [])),
    claims: { value: claimsAfter(config, edition, after), ...(config.claims && { path: ['claims'] }) },
  };
}

type GrantsByAudience = ReadonlyMap<string, readonly After[]>;

function grantsByAudience(after: ReadonlyMap<string, After>): GrantsByAudience {
  const grants = new Map<string, After[]>();
  for (const one of after.values()) {
    if (one.object.kind !== 'grant') continue;
    const { audience } = one.object;
    const others = grants.get(audience);
    if (others) others.push(one);
    else grants.set(audience, [one]);
  }
  return grants;
}

function apiFacts(config: Config, { object, values, found }: After, grants: GrantsByAudience): ApiFacts {
  const { audience } = object as ConfigObject & { kind: 'api' };
  const written = config.apis.get(audience);
  const lifetime = values['token-lifetime'];
  const path = ['apis', audience];
  return {
    audience,
    open: values.open === true,
    tokenLifetimeSeconds: {
      value: typeof lifetime === 'number' ? lifetime : undefined,
      ...(written?.tokenLifetimeSeconds !== undefined && { path: [...path, 'token-lifetime'] }),
    },
    guests: {
      value: Array.isArray(values.scopes)
        ? [{ app: undefined, scopes: values.scopes as string[], ...(written?.scopes && { path: [...path, 'scopes'] }) }]
        : grantsAt(config, audience, definedScopes(found), grants),
      ...(written && { path }),
    },
  };
}

function grantsAt(
  config: Config,
  audience: string,
  defined: readonly string[],
  grants: GrantsByAudience,
): GuestScopes[] {
  const written = config.apis.get(audience);
  return (grants.get(audience) ?? []).flatMap(({ object, values: { scopes } }): GuestScopes[] => {
    if (object.kind !== 'grant' || scopes === null || scopes === undefined) return [];
    const { app: name, clientId } = object;
    const own = [name, clientId].find((reference) => written?.apps?.has(reference));
    const path = own === undefined ? written?.scopes && ['scopes'] : ['apps', own];
    const list = scopes === 'all' ? defined : (scopes as readonly string[]);
    return [{ app: { name, clientId }, scopes: list, ...(path && { path: ['apis', audience, ...path] }) }];
  });
}

function definedScopes(found: FoundObject | undefined): string[] {
  const { scopes } = found?.body ?? {};
  return Array.isArray(scopes) ? scopes.map(({ value }: { value: string }) => value) : [];
}

/** The claims of every application, or API, that has guests. */
function claimsAfter(config: Config, { claims: { heldBy } }: Edition, after: ReadonlyMap<string, After>) {
  const written = new Set(config.claims?.map(({ name }) => name));
  const holders = [...after.values()].filter(({ object, values }) =>
    heldBy === 'application' ? object.kind === 'application' && values.enabled === true : values.open === true,
  );
  const all = holders.flatMap(({ values }) => (values.claims ?? []) as readonly ClaimMapping[]);
  return all.map((claim) => ({ ...claim, ...(written.has(claim.name) && { path: ['claims', claim.name] }) }));
}
