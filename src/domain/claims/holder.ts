import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import { type ClientBody, client, clientPath } from '../../wire/client.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { type ResourceServerBody, resourceServer, resourceServerPath } from '../../wire/resource-server.ts';
import { findApi, undecidedApi } from '../api/find.ts';
import { listApis } from '../api/read.ts';
import { chooseApp } from '../app/find.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { only } from '../find-by-reference.ts';
import type { Profile } from '../profile/profile.ts';

/** The object with the list of mapped claims: an application in edition `preview`, an API in edition `ea`. */
export interface ClaimsHolder {
  readonly heldBy: Edition['claims']['heldBy'];
  readonly name: string;
  /** An application's client id, or an API's audience. */
  readonly id: string;
  readonly claims: readonly ClaimMapping[];
  readonly maxClaims: number;
  /** The body as the tenant returned it, to compare changes with. */
  readonly body: ClientBody | ResourceServerBody;
  /** Where it is changed, and the shape of the answer. */
  readonly path: string;
  readonly schema: typeof client | typeof resourceServer;
}

interface Choice {
  readonly named: { readonly app: string | undefined; readonly api: string | undefined };
  readonly chosen: Pick<Profile, 'app' | 'api'>;
}

/**
 * The application or API that the claims belong to: the one named, or the profile's, or the only one enabled for
 * guests.
 * @throws as `chooseApp` and `chooseApi`
 */
export async function chooseClaimsHolder(tenant: TenantConnection, { named, chosen }: Choice): Promise<ClaimsHolder> {
  const edition = await editionOf(tenant);
  if (edition.claims.heldBy === 'application') {
    return holderOf(edition, (await chooseApp(tenant, { named: named.app, chosen: chosen.app })).body);
  }
  const reference = named.api ?? chosen.api?.audience;
  if (reference !== undefined) return holderOf(edition, (await findApi(tenant, reference)).body);
  const own = await listApis(tenant);
  const open = only(own.filter(({ guests }) => guests.enabled));
  if (open) return holderOf(edition, open.body);
  throw undecidedApi(tenant, own);
}

/** An object of the Management API as a holder of mapped claims. */
export function holderOf(edition: Edition, body: ClientBody | ResourceServerBody): ClaimsHolder {
  const { heldBy, maxClaims } = edition.claims;
  return { heldBy, maxClaims, claims: edition.claims.read(body), body, ...namesOf(body) };
}

function namesOf(body: ClientBody | ResourceServerBody): Pick<ClaimsHolder, 'name' | 'id' | 'path' | 'schema'> {
  if (isClient(body)) {
    const { client_id: id, name } = body;
    return { name: name || id, id, path: clientPath(id), schema: client };
  }
  const { identifier, name, id } = body;
  return { name: name || identifier, id: identifier, path: resourceServerPath(id), schema: resourceServer };
}

function isClient(body: ClientBody | ResourceServerBody): body is ClientBody {
  return 'client_id' in body;
}
