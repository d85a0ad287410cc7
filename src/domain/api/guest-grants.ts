import { type ClientGrantBody, clientGrantPage, clientGrantsPath, guestSubject } from '../../wire/client-grant.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf, managementRequest } from '../exchange/management/request.ts';
import { allCheckpoints } from '../exchange/pages.ts';
import type { Api, ApiWithGrants } from './api.ts';

/** The fourth gate: scopes that guests get at an API. */
export interface GuestGrant {
  readonly audience: string;
  /** The application whose guests get them; undefined for the guests of every application (edition `preview`). */
  readonly clientId: string | undefined;
  readonly scopes: readonly string[];
  /** Every scope that the API defines, now or later, regardless of `scopes`. */
  readonly allScopes: boolean;
  /** The id of the client grant; undefined when the scopes are a list on the API. */
  readonly id: string | undefined;
}

/** Limits which grants are fetched. A missing member means every application, or every API. */
interface GrantFilter {
  readonly clientId?: string | undefined;
  readonly audience?: string | undefined;
}

/** Adds to each of `apis` the scopes that guests have there. */
export async function withGrants(
  tenant: TenantConnection,
  apis: readonly Api[],
  filter: GrantFilter = {},
): Promise<ApiWithGrants[]> {
  const edition = await editionOf(tenant);
  if (!edition.grantsScopes) return apis.map((api) => ({ ...api, grants: listedScopes(edition, api) }));
  const grants = await guestGrants(tenant, edition, filter);
  return apis.map((api) => ({ ...api, grants: grants.filter(({ audience }) => audience === api.audience) }));
}

/** {@link withGrants} for one API. */
export async function apiWithGrants(tenant: TenantConnection, api: Api): Promise<ApiWithGrants> {
  const [one] = await withGrants(tenant, [api], { audience: api.audience });
  return one ?? { ...api, grants: [] };
}

/** The scopes that an application's guests get at an API. */
export function guestScopes(api: ApiWithGrants, clientId: string): string[] {
  return scopesOf(
    api,
    api.grants.filter((grant) => grant.clientId === undefined || grant.clientId === clientId),
  );
}

/** The scopes that guests of any application get at an API. */
export function anyGuestScopes(api: ApiWithGrants): string[] {
  return scopesOf(api, api.grants);
}

export function scopesOf(api: Api, grants: readonly GuestGrant[]): string[] {
  if (grants.some(({ allScopes }) => allScopes)) return api.scopes.map(({ value }) => value);
  return [...new Set(grants.flatMap(({ scopes }) => scopes))];
}

/** The scope list on the API itself, as a grant for the guests of every application. */
export function listedScopes(edition: Edition, api: Api): GuestGrant[] {
  const { scopes = [] } = edition.resourceServer.read(api.body);
  const grant = { audience: api.audience, clientId: undefined, scopes, allScopes: false, id: undefined };
  return scopes.length > 0 ? [grant] : [];
}

export function grantOf(body: ClientGrantBody): GuestGrant {
  return {
    audience: body.audience,
    clientId: body.client_id,
    scopes: body.scope,
    allScopes: body.allow_all_scopes,
    id: body.id,
  };
}

/** Grants as members of a planned deletion, each named after its application or API by `holderName`. */
export function grantChanges(grants: readonly GuestGrant[], holderName: (grant: GuestGrant) => string): JsonObject {
  return Object.fromEntries(
    grants.map((grant) => [`guest grant (${holderName(grant)})`, grant.allScopes ? 'all scopes' : grant.scopes]),
  );
}

/** The guests' client grants; empty in an edition that lists the scopes on the API. */
export async function guestGrants(
  tenant: TenantConnection,
  edition: Edition,
  { clientId, audience }: GrantFilter,
): Promise<GuestGrant[]> {
  if (!edition.grantsScopes) return [];
  const filter = new URLSearchParams({
    subject_type: guestSubject,
    ...(clientId !== undefined && { client_id: clientId }),
    ...(audience !== undefined && { audience }),
  });
  const bodies = await allCheckpoints<ClientGrantBody>(tenant, {
    plural: 'client grants',
    fallbackHint: 'Pass --app <app> --api <api> to fetch fewer.',
    idOf: ({ id }) => id,
    async page(query, measure) {
      const exchange = { method: 'GET', path: `${clientGrantsPath}?${query}&${filter}`, measure } as const;
      const { client_grants: items, next } = await managementRequest(tenant, clientGrantPage, exchange);
      return { items, next };
    },
  });
  return bodies.filter((body) => body.subject_type === guestSubject).map(grantOf);
}
