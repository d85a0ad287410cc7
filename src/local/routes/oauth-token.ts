import { Hono } from 'hono/quick';
import { type OauthTokenRequest, oauthTokenPath, oauthTokenRequest } from '../../wire/oauth.ts';
import type { JsonObject } from '../../wire/schema.ts';
import { authenticClient } from '../clients/authenticate.ts';
import { challengeFor } from '../clients/authentication.ts';
import { definedScopes, findGrant, findServer, grantedScopes } from '../clients/grants.ts';
import { readOauthRequest } from '../clients/oauth-request.ts';
import { noteTokens } from '../http/noted-tokens.ts';
import { oauthRefusal, Refusal } from '../http/refusal.ts';
import { randomToken } from '../random.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import type { StoreReader } from '../store/store.ts';
import { signApiToken } from '../tokens/api-token.ts';
import type { CorsVariables } from './cors.ts';

const uncached = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** The grants that begin with a user. */
const userGrants = ['authorization_code', 'refresh_token'];

/**
 * POST /oauth/token: an access token for an application itself, grant client_credentials, or the tokens of its user. The
 * checks run in this order: body, client authentication, grant type, and what the grant needs. @see management-api, section 1
 */
export function oauthTokenRoute(scope: TenantScope): Hono<CorsVariables> {
  return new Hono<CorsVariables>().post(oauthTokenPath, async (c) => {
    const answer = (tokens: object) => {
      noteTokens(c.env, 'issued', tokens);
      return c.json(tokens, 200, uncached);
    };
    const { request, credentials } = await readOauthRequest(oauthTokenRequest, c.req.raw);
    c.set('clientId', credentials.clientId);
    const isForUser = userGrants.includes(request.grant_type);
    const allowsPublic = request.grant_type !== 'client_credentials';
    const client = await authenticClient(scope.store, c.env, { credentials, url: c.req.url, allowsPublic });
    if (!client) throw oauthRefusal(401, 'access_denied', 'Unauthorized', challengeFor(credentials));
    note(c.env, { clientId: String(client.client_id), app: String(client.name), audience: request.audience });
    noteTokens(c.env, 'presented', { refresh_token: request.refresh_token });
    checkGrantType(request, client);
    if (!isForUser) return answer(await tokenForApp(scope, c.env, request, client));
    // Loaded when somebody logs in for the first time.
    const { tokensForUser } = await import('../login/token-grants.ts');
    return answer(await tokensForUser(scope, c.env, request, client));
  });
}

/** @throws {Refusal} unsupported_grant_type, unauthorized_client */
function checkGrantType({ grant_type: type }: OauthTokenRequest, client: JsonObject): void {
  if (type !== 'client_credentials' && !userGrants.includes(type)) {
    throw oauthRefusal(403, 'unsupported_grant_type', `Unsupported grant type: ${type.slice(0, 80)}`);
  }
  const grants = Array.isArray(client.grant_types) ? client.grant_types : [];
  if (!grants.includes(type)) {
    throw new Refusal(403, {
      error: 'unauthorized_client',
      error_description: `Grant type '${type}' not allowed for the client.`,
      error_uri: 'https://auth0.com/docs/clients/client-grant-types',
    });
  }
}

async function tokenForApp(
  { store, random }: TenantScope,
  moment: Moment,
  request: OauthTokenRequest,
  client: JsonObject,
) {
  const { keys, issuer, nowSeconds } = moment;
  const { audience, server, grant } = await grantFor(store, moment, request, client);
  // A scope has at least one value. @see RFC 6749, section 3.3
  const granted = grantedScopes(grant, definedScopes(server)).join(' ') || undefined;
  const lifetime = typeof server.token_lifetime === 'number' ? server.token_lifetime : 86_400;
  const token = await signApiToken(keys, server, {
    iss: issuer,
    sub: `${String(client.client_id)}@clients`,
    aud: audience,
    iat: nowSeconds,
    exp: nowSeconds + lifetime,
    scope: granted,
    gty: 'client-credentials',
    azp: client.client_id,
    jti: randomToken(random, 16),
  });
  return { access_token: token, expires_in: lifetime, scope: granted, token_type: 'Bearer' };
}

/** Assumed: the tenant's default audience applies here too, as on tenants without the first Management API. */
async function grantFor(store: StoreReader, { settings }: Moment, request: OauthTokenRequest, client: JsonObject) {
  const audience = request.audience || settings.default_audience;
  if (typeof audience !== 'string' || audience === '')
    throw oauthRefusal(
      403,
      'access_denied',
      'No audience parameter was provided, and no default audience has been configured',
    );
  const server = await findServer(store, audience);
  if (!server) throw oauthRefusal(403, 'access_denied', `Service not enabled within domain: ${audience}`);
  const grant = await findGrant(store, {
    clientId: client.client_id,
    audience: server.identifier,
    subject: 'client',
  });
  if (!grant) {
    throw oauthRefusal(
      403,
      'access_denied',
      `Client is not authorized to access "${audience}". You need to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants`,
    );
  }
  return { audience, server, grant };
}
