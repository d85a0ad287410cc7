import { Hono } from 'hono/quick';
import { assertionAlgorithms } from '../../wire/client-assertion.ts';
import { jwksPath, oauthServerMetadataPath, openidConfigurationPath } from '../../wire/discovery.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import type { MomentBindings } from '../scope.ts';
import { publicJwk } from '../tokens/keys.ts';

/**
 * The tenant's public keys and its metadata. The endpoints have the issuer's scheme and host, wherever the request came to: a
 * proxy may be in front of the server, and clients refuse endpoints elsewhere. Only over plain HTTP on localhost, where no proxy
 * makes HTTPS of it, they have the origin of the request. Lists only what is served.
 * @see RFC 8414, section 2; RFC 7517, section 5
 */
export function discoveryRoutes({ plainHttp }: { plainHttp: boolean | undefined }): Hono<MomentBindings> {
  const app = new Hono<MomentBindings>();
  app.get(jwksPath, (c) => c.json({ keys: [publicJwk(c.env.keys)] }));
  for (const path of [openidConfigurationPath, oauthServerMetadataPath]) {
    app.get(path, (c) => {
      const issuer = new URL(c.env.issuer);
      const { origin } = plainHttp && issuer.hostname === 'localhost' ? new URL(c.req.url) : issuer;
      return c.json({
        issuer: c.env.issuer,
        token_endpoint: `${origin}${oauthTokenPath}`,
        jwks_uri: `${origin}${jwksPath}`,
        // Assumed: OpenID Connect clients need these even without a login.
        authorization_endpoint: `${origin}/authorize`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        // The defaults are true and false, of which the first would be wrong. @see OpenID Connect Discovery, section 3
        request_uri_parameter_supported: false,
        request_parameter_supported: false,
        id_token_signing_alg_values_supported: ['RS256'],
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
      });
    });
  }
  return app;
}
