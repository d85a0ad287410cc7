import * as v from 'valibot';
import { tooLong, wrongFormat } from './management-error.ts';
import { closedObject, isJsonObject, type JsonObject } from './schema.ts';

/** One claim that the service adds to guests' access tokens: its name and the path of its value in the session. */
export interface ClaimMapping {
  readonly name: string;
  /** `anonymous_session.metadata.language`. @see {@link sessionPath} */
  readonly expression: string;
}

/** The first part of every expression. */
export const expressionRoot = 'anonymous_session';

/** The attributes of a session that can be mapped. Assumed: the list is complete. @see wire contract, section 2, "Claims mapping" */
export const sessionAttributes = ['user_id', 'session_id', 'created_at', 'metadata'] as const;
export type SessionAttribute = (typeof sessionAttributes)[number];

/** The longest name and the longest expression, in characters. Assumed: the limits that other tools for the service check. */
export const claimNameMaxLength = 255;
export const expressionMaxLength = 255;

// RFC 7519, section 4.1; RFC 9068, section 2.2; and the service's list for custom claims from any source.
// Assumed: the same list applies to mappings. The profile claims of OpenID Connect, such as `locale`, may be mapped.
// @see https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims
const reserved =
  'iss sub aud exp nbf iat jti scope acr act active amr at_hash ath attest auth_time authorization_details azp c_hash client_id cnf cty dest entitlements events groups gty htm htu internalservice jcard jku jwe jwk kid may_act mky nonce object_id org_id org_name orig origid permissions roles rph s_hash sid sip_callid sip_cseq_num sip_date sip_from_tag sip_via_branch sub_jwk toe txn typ uuid vot vtm x5t#s256';
const reservedClaims = new Set(reserved.split(' '));

/** Names that would reach an object's prototype. Assumed: they are refused, as in metadata. */
const prototypeNames = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a claim name is reserved for the token itself, in any letter case. */
export function isReservedClaim(name: string): boolean {
  return reservedClaims.has(name.toLowerCase()) || prototypeNames.has(name);
}

/**
 * The path in a session that an expression stands for: the attribute, and for `metadata` the nested keys. Undefined when
 * it is not a valid path. Assumed: the characters of a key; no source gives a way to write others.
 */
export function sessionPath(expression: string): readonly [SessionAttribute, ...string[]] | undefined {
  const [root, first, ...keys] = expression.split('.');
  const attribute = sessionAttributes.find((one) => one === first);
  if (root !== expressionRoot || !attribute || expression.length > expressionMaxLength) return undefined;
  if (keys.length > 0 && attribute !== 'metadata') return undefined;
  return keys.every((key) => /^[\w-]+$/.test(key)) ? [attribute, ...keys] : undefined;
}

/**
 * The value at `path` in a session; null and undefined leave the claim out. Assumed: a path goes through objects but not
 * into arrays, and a claim may have any JSON type.
 */
export function valueAt(session: JsonObject, path: readonly string[]): unknown {
  let value: unknown = session;
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** The claims that mappings add to an access token of a session. Reserved claims are left out. */
export function mappedClaims(mappings: readonly ClaimMapping[], session: JsonObject): JsonObject {
  const claims: JsonObject = {};
  for (const { name, expression } of mappings) {
    const path = sessionPath(expression);
    const value = path && !isReservedClaim(name) ? valueAt(session, path) : undefined;
    if (value !== undefined && value !== null) claims[name] = value;
  }
  return claims;
}

/** A list of mappings in a request body, refused in the service's words. Assumed: the wordings. */
export function claimMappings(maxClaims: number) {
  const name = v.pipe(
    v.string(),
    v.minLength(1, 'String is too short (0 chars), minimum 1'),
    v.maxLength(claimNameMaxLength, tooLong(255)),
    v.check((text) => !isReservedClaim(text), 'Reserved claim name'),
  );
  const expression = v.pipe(
    v.string(),
    v.maxLength(expressionMaxLength, tooLong(255)),
    v.check((text) => sessionPath(text) !== undefined, wrongFormat('claim-expression')),
  );
  return v.pipe(
    v.array(closedObject({ name, expression })),
    v.maxLength(maxClaims, ({ input }) => `Array is too long (${input.length}), maximum ${maxClaims}`),
    v.check((list) => new Set(list.map((one) => one.name)).size === list.length, 'Claim names are not unique'),
  );
}

/** The mappings in a tenant's answer; anything else in the list is left out. */
export function readMappings(value: unknown): readonly ClaimMapping[] {
  if (!Array.isArray(value)) return none;
  return value.filter(
    (one): one is ClaimMapping => typeof one?.name === 'string' && typeof one.expression === 'string',
  );
}

/** Built once, because it is used for every token issued. */
const none: readonly ClaimMapping[] = [];
