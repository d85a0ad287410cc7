import { AnonError } from '../../errors.ts';
import {
  type ClaimMapping,
  claimNameMaxLength,
  expressionMaxLength,
  expressionRoot,
  isReservedClaim,
  sessionAttributes,
  sessionPath,
} from '../../wire/claims-mapping.ts';
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

/**
 * Reads a mapping as the user wrote it. The root that all expressions share may be left out: `metadata.language`.
 * Refuses, before any request, what every tenant would refuse.
 * @throws {AnonError} `usage`
 */
export function parseClaimMapping({ name, expression: text }: ClaimMapping): ClaimMapping {
  checkName(name);
  const expression = withRoot(text);
  checkExpression(expression);
  return { name, expression };
}

function checkName(name: string): void {
  if (name === '') throw new AnonError('usage', 'The claim name is empty.');
  if (name.length > claimNameMaxLength) {
    throw new AnonError(
      'usage',
      `A claim name has at most ${claimNameMaxLength} characters; this one has ${name.length}.`,
    );
  }
  if (name.trim() !== name || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) {
    throw new AnonError('usage', "A claim name can't start or end with a space or contain invisible characters.");
  }
  if (!isReservedClaim(name)) return;
  throw new AnonError('usage', `Claim '${name}' is reserved in any letter case and can't be mapped.`, {
    hint: `Choose another name. Example: guest_${name.toLowerCase().replaceAll(/^_+|_+$/g, '')}`,
  });
}

function withRoot(text: string): string {
  const [first = ''] = text.split('.');
  return sessionAttributes.some((attribute) => attribute === first) ? `${expressionRoot}.${text}` : text;
}

const formHint = `Expressions are paths: ${sessionAttributes.slice(0, 3).join(', ')}, or metadata.<key>, with a dot for each nested key.`;

function checkExpression(expression: string): void {
  if (sessionPath(expression)) return;
  if (expression.length > expressionMaxLength) {
    throw refused(
      `A claim expression has at most ${expressionMaxLength} characters; this one has ${expression.length}.`,
      formHint,
    );
  }
  const [root = '', attribute, ...keys] = expression.split('.');
  if (!/^[\w-]+(\.[\w-]+)*$/.test(expression)) {
    throw refused(
      'A claim expression is a list of names joined by dots; names have only letters, digits, _ and -.',
      formHint,
    );
  }
  if (root !== expressionRoot)
    throw refused(`A claim expression can't start with '${root.slice(0, 60)}'.`, rootHint(root, attribute));
  if (attribute === undefined) throw refused('The claim expression names no session attribute.', formHint);
  if (keys.length > 0 && sessionAttributes.some((known) => known === attribute)) {
    throw refused(`'${attribute}' has no nested keys; only metadata does.`, formHint);
  }
  throw refused(
    `Sessions have no attribute '${attribute.slice(0, 60)}'.`,
    suggestion(attribute, sessionAttributes) ?? `For a metadata key, write metadata.${[attribute, ...keys].join('.')}`,
  );
}

/** A single word may be an attribute or a metadata key; of the attributes only metadata has nested keys. */
function rootHint(root: string, below: string | undefined): string {
  const known = below === undefined ? [...sessionAttributes, expressionRoot] : ['metadata', expressionRoot];
  return suggestion(root, known) ?? (below === undefined ? `For a metadata key, write metadata.${root}` : formHint);
}

function refused(message: string, hint: string): AnonError {
  return new AnonError('usage', message, { hint });
}

function suggestion(word: string, known: readonly string[]): string | undefined {
  const similar = mostSimilar(word, known);
  return similar && `Did you mean '${similar}'?`;
}
