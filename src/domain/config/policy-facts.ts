import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import type { DocumentPath } from '../document/node.ts';
import type { Matrix } from '../gates/matrix.ts';
import type { TenantView } from '../tenant/settings.ts';
import type { Config, ConfigApi, ConfigTenant } from './config.ts';

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
