import * as v from 'valibot';

export const jwksPath = '/.well-known/jwks.json';
export const openidConfigurationPath = '/.well-known/openid-configuration';
/** The same document under the name of RFC 8414. */
export const oauthServerMetadataPath = '/.well-known/oauth-authorization-server';

/** GET /.well-known/jwks.json. Each key is a JWK (RFC 7517); members beyond `kty` depend on it. */
export const jwks = v.looseObject({ keys: v.array(v.looseObject({ kty: v.string(), kid: v.optional(v.string()) })) });

/** GET /.well-known/openid-configuration, as far as the tool looks. @see RFC 8414, section 2 */
export const openidConfiguration = v.looseObject({ issuer: v.string() });
