import { AnonError } from '../../errors.ts';
import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import { type ClientBody, client, clientPath } from '../../wire/client.ts';
import type { Edition } from '../../wire/edition/edition.ts';
import { type ResourceServerBody, resourceServer, resourceServerPath } from '../../wire/resource-server.ts';
import { findApi, undecidedApi } from '../api/find.ts';
import { listApis } from '../api/read.ts';
import { chooseApp } from '../app/find.ts';
import { mostSimilar } from '../did-you-mean.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { editionOf } from '../exchange/management/request.ts';
import { only } from '../find-by-reference.ts';
import { type Plan, planned, plannedPatch } from '../plan/plan.ts';
import type { Profile } from '../profile/profile.ts';
import { shellWord } from '../shell-word.ts';

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
function holderOf(edition: Edition, body: ClientBody | ResourceServerBody): ClaimsHolder {
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

/** A change of the mapped claims, and the claims after it. */
export interface ClaimsChange {
  readonly plan: Plan<ClaimsHolder>;
  readonly claims: readonly ClaimMapping[];
}

/**
 * Plans to map a claim or change its mapping; other claims are not touched.
 * @throws {AnonError} `usage` when the maximum number of claims is reached
 */
export async function planClaimMapping(
  tenant: TenantConnection,
  holder: ClaimsHolder,
  mapping: ClaimMapping,
): Promise<ClaimsChange> {
  const { claims, maxClaims, name } = holder;
  const exists = claims.some((claim) => claim.name === mapping.name);
  if (!exists && claims.length >= maxClaims) {
    throw new AnonError('usage', `'${name}' already maps ${claims.length} claims; the maximum is ${maxClaims}.`, {
      hint: `Remove one first: anon-cli claims remove <name>${flagOf(holder)}${tenant.selection}`,
    });
  }
  const changed = claims.map((claim) => (claim.name === mapping.name ? mapping : claim));
  return change(tenant, holder, exists ? changed : [...claims, mapping]);
}

/** Plans to remove a mapped claim. @throws {AnonError} `not_found` */
export async function planClaimRemoval(
  tenant: TenantConnection,
  holder: ClaimsHolder,
  name: string,
): Promise<ClaimsChange> {
  const { claims } = holder;
  const rest = claims.filter((claim) => claim.name !== name);
  if (rest.length < claims.length) return change(tenant, holder, rest);
  const similar = mostSimilar(
    name,
    claims.map((claim) => claim.name),
  );
  const list = `anon-cli claims list${flagOf(holder)}${tenant.selection}`;
  throw new AnonError('not_found', `Claim '${name.slice(0, 60)}' not found on '${holder.name}'.`, {
    hint: similar ? `Did you mean '${similar}'? To see all: ${list}` : `Run: ${list}`,
  });
}

async function change(
  tenant: TenantConnection,
  holder: ClaimsHolder,
  claims: readonly ClaimMapping[],
): Promise<ClaimsChange> {
  const edition = await editionOf(tenant);
  const { body, path, schema: answer, name, heldBy } = holder;
  const subject = `${heldBy === 'application' ? 'application' : 'API'} ${shellWord(name)}`;
  const patch = plannedPatch({ path, subject, answer }, body, edition.claims.write(claims, body));
  return {
    claims,
    plan: { writes: planned(patch), outcome: (answers) => holderOf(edition, answers.to(patch) ?? body) },
  };
}

function flagOf({ heldBy, name }: ClaimsHolder): string {
  return ` --${heldBy === 'application' ? 'app' : 'api'} ${shellWord(name)}`;
}
