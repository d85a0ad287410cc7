import { Hono } from 'hono/quick';
import { assertionAlgorithms } from '../../wire/client-assertion.ts';
import { jwksPath, oauthServerMetadataPath, openidConfigurationPath } from '../../wire/discovery.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import type { MomentBindings } from '../scope.ts';
import { publicJwk } from '../tokens/keys.ts';

/**
 * The tenant's public keys and its metadata. The issuer is fixed; the endpoints have the origin that the request came
 * to. Lists only what is served.
 * @see RFC 8414, section 2; RFC 7517, section 5
 */
export function discoveryRoutes(): Hono<MomentBindings> {
  const app = new Hono<MomentBindings>();
  app.get(jwksPath, (c) => c.json({ keys: [publicJwk(c.env.keys)] }));
  for (const path of [openidConfigurationPath, oauthServerMetadataPath]) {
    app.get(path, (c) => {
      const { origin } = new URL(c.req.url);
      return c.json({
        issuer: c.env.issuer,
        token_endpoint: `${origin}${oauthTokenPath}`,
        jwks_uri: `${origin}${jwksPath}`,
        // Assumed: OpenID Connect clients need these even without a login.
        authorization_endpoint: `${origin}/authorize`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      });
    });
  }
  return app;
}
