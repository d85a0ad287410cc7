import * as v from 'valibot';
import { isJsonObject, type JsonObject } from './schema.ts';

export const jwksPath = '/.well-known/jwks.json';
export const openidConfigurationPath = '/.well-known/openid-configuration';
/** The same document under the name of RFC 8414. */
export const oauthServerMetadataPath = '/.well-known/oauth-authorization-server';

/**
 * GET /.well-known/jwks.json, or a key set from elsewhere: `{ "keys": [...] }` with any other members, a list of keys, or
 * one key. Entries that are not keys are skipped; a `kid` that is not a string, and members that are null, count as
 * missing.
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
  const isMissing = ([name, value]: [string, unknown]) =>
    value === null || (name === 'kid' && typeof value !== 'string');
  const members = Object.entries(jwk);
  return members.some(isMissing) ? Object.fromEntries(members.filter((member) => !isMissing(member))) : jwk;
}

/** GET /.well-known/openid-configuration, the members that the tool uses. @see RFC 8414, section 2 */
export const openidConfiguration = v.looseObject({ issuer: v.string() });
