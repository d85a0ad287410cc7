import {
  type ClaimMapping,
  isReservedClaim,
  mappedClaims,
  type SessionAttribute,
  sessionAttributes,
  sessionPath,
  valueAt,
} from '../../wire/claims-mapping.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { TenantConnection } from '../exchange/connection.ts';
import { isExpired, type SavedSession } from '../session/saved-session.ts';
import { decodeToken } from '../token/decode.ts';
import type { KeyRing } from '../token/key-source.ts';
import { tenantKeyRing } from '../token/tenant-keys.ts';
import type { ClaimsHolder } from './mapping.ts';

/** A mapped claim that the token will not have, or may not have. */
export interface LeftOut extends ClaimMapping {
  readonly state: 'left_out' | 'unknown';
  readonly reason: string;
}

/** The claims of a session's next access token. */
export interface TokenPreview {
  /** The service's own claims, as in the saved access token, without those that differ in each token. */
  readonly service: JsonObject;
  readonly mapped: readonly (ClaimMapping & { readonly value: unknown })[];
  readonly leftOut: readonly LeftOut[];
  /** The session token can't be decrypted here: its metadata is the last known on this machine. */
  readonly metadataAsLastKnown: boolean;
}

/** Claims that differ in each access token. */
export const claimsOfEachToken = ['iat', 'exp', 'jti'] as const;

/**
 * Predicts the next access token of `session` if `holder` maps `claims`, from the saved tokens and without a request.
 * Returns the reason instead when the mapping does not apply to that session.
 */
export async function previewToken(
  tenant: TenantConnection,
  holder: Pick<ClaimsHolder, 'heldBy' | 'id' | 'name'>,
  claims: readonly ClaimMapping[],
  session: SavedSession | undefined,
): Promise<TokenPreview | { readonly none: string }> {
  if (!session) return { none: 'no session is saved' };
  const { heldBy, id, name } = holder;
  if (heldBy === 'application' && session.clientId !== id) {
    return { none: `the current session is for another application, not '${name}'` };
  }
  if (heldBy === 'api' && session.audience !== id)
    return { none: `the current session is for another API, not '${name}'` };
  const access = await claimsOf(tenant, session.accessToken);
  const opened = await claimsOf(tenant, session.sessionToken);
  if (hasExpired(opened, session, tenant)) return { none: 'the current session has expired' };
  const known = opened ? attributesOf(opened) : lastKnown(session, access);
  const values = mappedClaims(claims, known);
  return {
    service: serviceClaims(access ?? {}),
    mapped: claims.flatMap((claim) =>
      Object.hasOwn(values, claim.name) ? [{ ...claim, value: values[claim.name] }] : [],
    ),
    leftOut: claims.flatMap((claim) =>
      Object.hasOwn(values, claim.name) ? [] : [{ ...claim, ...whyLeftOut(claim, known) }],
    ),
    metadataAsLastKnown: !opened && Object.hasOwn(known, 'metadata'),
  };
}

function hasExpired(opened: JsonObject | undefined, session: SavedSession, { clock, time }: TenantConnection): boolean {
  return typeof opened?.exp === 'number' ? opened.exp * 1000 <= time.now() : isExpired(session, clock.now());
}

/** For a session token that can't be decrypted: its guest, and its metadata as last known. */
function lastKnown({ metadata, guestId }: SavedSession, access: JsonObject | undefined): JsonObject {
  const user = guestId ?? access?.sub;
  return { ...(typeof user === 'string' && { user_id: user }), ...(metadata && { metadata }) };
}

function attributesOf(opened: JsonObject): JsonObject {
  const known = sessionAttributes.filter((attribute) => Object.hasOwn(opened, attribute));
  return Object.fromEntries(known.map((attribute) => [attribute, opened[attribute]]));
}

/** All other claims of a guest's access token are mapped ones, whose mapping may have changed. */
function serviceClaims(access: JsonObject): JsonObject {
  const own = Object.entries(access).filter(([name]) => isReservedClaim(name));
  return Object.fromEntries(own.filter(([name]) => !claimsOfEachToken.some((one) => one === name)));
}

function whyLeftOut({ name, expression }: ClaimMapping, known: JsonObject): Pick<LeftOut, 'state' | 'reason'> {
  if (isReservedClaim(name)) return { state: 'left_out', reason: 'the name is reserved' };
  const path = sessionPath(expression);
  if (!path) return { state: 'unknown', reason: 'this tool does not recognize the expression' };
  const [attribute, ...keys] = path;
  if (!Object.hasOwn(known, attribute)) return { state: 'unknown', reason: unknownReason(attribute) };
  if (valueAt(known, path) === null) return { state: 'left_out', reason: `${path.join('.')} is null` };
  return { state: 'left_out', reason: `the session's ${attribute} has no '${keys.join('.')}'` };
}

function unknownReason(attribute: SessionAttribute): string {
  return `the session token is encrypted, so only the tenant knows its ${attribute}`;
}

/** The claims of one of this session's own tokens, whose signature need not be checked. */
async function claimsOf(tenant: TenantConnection, token: string): Promise<JsonObject | undefined> {
  const keys: KeyRing = { ...tenantKeyRing(tenant), signatureKeys: async () => [] };
  const decoded = await decodeToken({ clock: tenant.time, keys }, token).catch(() => undefined);
  return decoded?.claims;
}
