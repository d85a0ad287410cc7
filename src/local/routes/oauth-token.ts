import { Hono } from 'hono/quick';
import { type OauthTokenRequest, oauthTokenPath, oauthTokenRequest } from '../../wire/oauth.ts';
import { check, type JsonObject } from '../../wire/schema.ts';
import { type AuthenticationAttempt, assertedClientId, hasValidAssertion } from '../clients/assertion.ts';
import {
  type ClientCredentials,
  CredentialsError,
  readClientCredentials,
  sameSecret,
} from '../clients/authentication.ts';
import { definedScopes, findGrant, findServer, grantedScopes } from '../clients/grants.ts';
import { oauthRefusal, Refusal } from '../http/refusal.ts';
import { BodyError, readBody } from '../http/request-body.ts';
import { randomToken } from '../random.ts';
import { type Moment, note, type TenantScope } from '../scope.ts';
import type { Store, StoreReader } from '../store/store.ts';
import { signToken } from '../tokens/signed-token.ts';
import type { CorsVariables } from './cors.ts';

/** POST /oauth/token, grant client_credentials: an access token for the Management API. @see management-api, section 1 */
export function oauthTokenRoute({ store, random }: TenantScope): Hono<CorsVariables> {
  return new Hono<CorsVariables>().post(oauthTokenPath, async (c) => {
    const { request, credentials } = await readRequest(c.req.raw);
    c.set('clientId', credentials.clientId);
    const { keys, issuer, nowSeconds } = c.env;
    const client = await authenticate(store, c.env, credentials, c.req.url);
    note(c.env, { clientId: String(client.client_id), app: String(client.name), audience: request.audience });
    const { audience, server, grant } = await grantFor(store, request, client);
    const granted = grantedScopes(grant, definedScopes(server)).join(' ');
    const lifetime = typeof server.token_lifetime === 'number' ? server.token_lifetime : 86_400;
    const token = await signToken(keys, 'JWT', {
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
    const body = { access_token: token, expires_in: lifetime, scope: granted, token_type: 'Bearer' };
    return c.json(body, 200, { 'cache-control': 'no-store' });
  });
}

async function readRequest(raw: Request): Promise<{ request: OauthTokenRequest; credentials: ClientCredentials }> {
  try {
    const checked = check(oauthTokenRequest, await readBody(raw));
    if (!checked.ok) throw oauthRefusal(400, 'invalid_request', `${checked.problem}.`);
    const credentials = readClientCredentials(raw.headers.get('authorization'), checked.value);
    return { request: checked.value, credentials };
  } catch (error) {
    if (error instanceof BodyError) throw oauthRefusal(error.status, 'invalid_request', error.message);
    if (error instanceof CredentialsError) throw oauthRefusal(400, 'invalid_request', error.message);
    throw error;
  }
}

async function authenticate(
  store: Store,
  moment: Moment,
  credentials: ClientCredentials,
  url: string,
): Promise<JsonObject> {
  const clientId = credentials.clientId ?? assertedClientId(credentials.assertion);
  const client = await store.get('client', clientId ?? '');
  if (client && (await isAuthentic(store, moment, { client, credentials, url }))) return client;
  throw oauthRefusal(401, 'access_denied', 'Unauthorized');
}

/** An application that authenticates with keys can no longer use its secret. */
async function isAuthentic(store: Store, moment: Moment, attempt: AuthenticationAttempt): Promise<boolean> {
  const { client, credentials } = attempt;
  if (credentials.assertion || client.client_authentication_methods !== undefined)
    return hasValidAssertion(store, moment, attempt);
  return sameSecret(credentials.secret, client.client_secret);
}

async function grantFor(store: StoreReader, request: OauthTokenRequest, client: JsonObject) {
  if (request.grant_type !== 'client_credentials') {
    throw oauthRefusal(403, 'unsupported_grant_type', `Unsupported grant type: ${request.grant_type.slice(0, 80)}`);
  }
  const grants = Array.isArray(client.grant_types) ? client.grant_types : [];
  if (!grants.includes(request.grant_type)) {
    throw new Refusal(403, {
      error: 'unauthorized_client',
      error_description: "Grant type 'client_credentials' not allowed for the client.",
      error_uri: 'https://auth0.com/docs/clients/client-grant-types',
    });
  }
  const { audience } = request;
  if (!audience)
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
