import { Hono } from 'hono/quick';
import { assertionAlgorithms } from '../../wire/client-assertion.ts';
import { jwksPath, oauthServerMetadataPath, openidConfigurationPath } from '../../wire/discovery.ts';
import {
  authorizePath,
  endSessionPath,
  identityScopes,
  pushedRequestPath,
  revocationPath,
  userClaimNames,
  userinfoPath,
} from '../../wire/login.ts';
import { oauthTokenPath } from '../../wire/oauth.ts';
import type { JsonObject } from '../../wire/schema.ts';
import type { Moment, MomentBindings } from '../scope.ts';
import { publicJwks } from '../tokens/keys.ts';

/**
 * The tenant's public keys and its metadata. The endpoints have the issuer's scheme and host, wherever the request came to: a
 * proxy may be in front of the server, and clients refuse endpoints elsewhere. Only over plain HTTP on localhost, where no proxy
 * makes HTTPS of it, they have the origin of the request. Lists only what is served.
 * @see RFC 8414, section 2; RFC 7517, section 5
 */
export function discoveryRoutes({ plainHttp }: { plainHttp: boolean | undefined }): Hono<MomentBindings> {
  const app = new Hono<MomentBindings>();
  app.get(jwksPath, (c) => {
    const flags = c.env.settings.flags as JsonObject | undefined;
    return c.json({ keys: publicJwks(c.env.keys, { withAlg: flags?.remove_alg_from_jwks !== true }) });
  });
  for (const path of [openidConfigurationPath, oauthServerMetadataPath]) {
    app.get(path, (c) => {
      const issuer = new URL(c.env.issuer);
      const { origin } = plainHttp && issuer.hostname === 'localhost' ? new URL(c.req.url) : issuer;
      return c.json(metadata(c.env, origin));
    });
  }
  return app;
}

function metadata(moment: Moment, origin: string) {
  return {
    issuer: moment.issuer,
    token_endpoint: `${origin}${oauthTokenPath}`,
    jwks_uri: `${origin}${jwksPath}`,
    authorization_endpoint: `${origin}${authorizePath}`,
    userinfo_endpoint: `${origin}${userinfoPath}`,
    revocation_endpoint: `${origin}${revocationPath}`,
    pushed_authorization_request_endpoint: `${origin}${pushedRequestPath}`,
    ...(showsLogout(moment) && { end_session_endpoint: `${origin}${endSessionPath}` }),
    scopes_supported: identityScopes,
    claims_supported: tokenClaims.concat(userClaimNames),
    response_types_supported: ['code', 'id_token', 'code id_token'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    code_challenge_methods_supported: ['S256', 'plain'],
    subject_types_supported: ['public'],
    // The defaults are true and false, of which the first would be wrong. @see OpenID Connect Discovery, section 3
    request_uri_parameter_supported: false,
    request_parameter_supported: false,
    id_token_signing_alg_values_supported: ['RS256'],
    grant_types_supported: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    backchannel_logout_supported: false,
    // Clients then demand it of every answer. @see RFC 9207, section 3
    ...(moment.settings[issSetting] === true && { [issSetting]: true }),
  };
}

const issSetting = 'authorization_response_iss_parameter_supported';

/** The claims of every ID token. */
const tokenClaims: readonly string[] = ['aud', 'auth_time', 'exp', 'iat', 'iss', 'sid', 'sub'];

/** Unless the tenant hides it, for clients that would otherwise use it instead of /v2/logout. */
function showsLogout({ settings }: Moment): boolean {
  const logout = settings.oidc_logout as JsonObject | null | undefined;
  return logout?.rp_logout_end_session_endpoint_discovery !== false;
}
