import * as v from 'valibot';
import { isJsonObject, type JsonObject } from './schema.ts';

export const jwksPath = '/.well-known/jwks.json';
export const openidConfigurationPath = '/.well-known/openid-configuration';
/** The same document under the name of RFC 8414. */
export const oauthServerMetadataPath = '/.well-known/oauth-authorization-server';

/**
 * GET /.well-known/jwks.json, or a key set from anywhere: `{ "keys": [...] }` with whatever stands beside it, a list of keys,
 * or one key. What is no key among them is passed over; a `kid` that is no text is none, and so is a member
 * that is null.
 * @see RFC 7517, sections 4 and 5
 */
export const jwks = v.pipe(
  v.unknown(),
  v.check((value) => keysIn(value) !== undefined, 'must be a JWK Set'),
  v.transform((value) => ({ keys: (keysIn(value) ?? []).filter(isKey).map(plainMembers) })),
);

function keysIn(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (!isJsonObject(value)) return undefined;
  if (Array.isArray(value.keys)) return value.keys;
  return isKey(value) ? [value] : undefined;
}

/** A key given only by its certificate may lack `kty`. */
function isKey(value: unknown): value is JsonObject {
  return (
    isJsonObject(value) && (typeof value.kty === 'string' || (value.kty === undefined && Array.isArray(value.x5c)))
  );
}

/** Drops members without meaning: null, which some serialisers write for missing ones, and a `kid` that is not a string. */
function plainMembers(jwk: JsonObject): JsonObject {
  const odd = ([name, value]: [string, unknown]) => value === null || (name === 'kid' && typeof value !== 'string');
  const members = Object.entries(jwk);
  return members.some(odd) ? Object.fromEntries(members.filter((member) => !odd(member))) : jwk;
}

/** GET /.well-known/openid-configuration, the members that the tool uses. @see RFC 8414, section 2 */
export const openidConfiguration = v.looseObject({ issuer: v.string() });
