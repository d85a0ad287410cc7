import { AnonError } from '../../errors.ts';
import type { ClaimMapping } from '../../wire/claims-mapping.ts';
import { editionOf } from '../exchange/management.ts';
import { type Plan, planned, plannedPatch } from '../plan/plan.ts';
import type { TenantConnection } from '../ports.ts';
import { shellWord } from '../shell-word.ts';
import { mostSimilar } from '../similar.ts';
import { type ClaimsHolder, holderOf } from './holder.ts';

/** A change of the mapped claims, and what they will be once it is made. */
export interface ClaimsChange {
  readonly plan: Plan<ClaimsHolder>;
  readonly claims: readonly ClaimMapping[];
}

/**
 * Plans to map a claim, or to map it otherwise; the others stay as they are.
 * @throws {AnonError} `usage` when there are as many as there may be
 */
export async function planClaimMapping(
  tenant: TenantConnection,
  holder: ClaimsHolder,
  mapping: ClaimMapping,
): Promise<ClaimsChange> {
  const { claims, maxClaims, name } = holder;
  const isThere = claims.some((claim) => claim.name === mapping.name);
  if (!isThere && claims.length >= maxClaims) {
    throw new AnonError('usage', `'${name}' maps ${claims.length} claims, and ${maxClaims} is the most there may be.`, {
      hint: `Take one away first: anon-cli claims remove <name>${flagOf(holder)}${tenant.selection}`,
    });
  }
  const changed = claims.map((claim) => (claim.name === mapping.name ? mapping : claim));
  return change(tenant, holder, isThere ? changed : [...claims, mapping]);
}

/** Plans to map a claim no longer. @throws {AnonError} `not_found` */
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
  const see = `See anon-cli claims list${flagOf(holder)}${tenant.selection}`;
  throw new AnonError('not_found', `'${holder.name}' maps no claim '${name.slice(0, 60)}'.`, {
    hint: similar ? `Did you mean '${similar}'? ${see}` : see,
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
