import * as v from 'valibot';

export const jwksPath = '/.well-known/jwks.json';
export const openidConfigurationPath = '/.well-known/openid-configuration';
/** The same document under the name of RFC 8414. */
export const oauthServerMetadataPath = '/.well-known/oauth-authorization-server';

/** Members beyond `kty` depend on it. @see RFC 7517, section 4 */
const jwk = v.looseObject({ kty: v.string(), kid: v.optional(v.string()) });

/** GET /.well-known/jwks.json. What is no JWK among the others is passed over. @see RFC 7517, section 5 */
export const jwks = v.looseObject({
  keys: v.pipe(
    v.array(v.unknown()),
    v.transform((keys) => keys.filter((key) => v.is(jwk, key))),
  ),
});

/** GET /.well-known/openid-configuration, as far as the tool looks. @see RFC 8414, section 2 */
export const openidConfiguration = v.looseObject({ issuer: v.string() });
